"""Engagement, affinity and sessions of a whole population are what plain Python makes of the same events."""

from __future__ import annotations

import csv
import math
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from warehouse import REPOSITORY, Settings, connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

pytestmark = pytest.mark.slow

AS_OF = datetime(2026, 7, 1)  # noqa: DTZ001 - the warehouse keeps UTC without a zone
KINDS = ("category", "brand")
EVENTS = (
    "select customer_id, interaction_type, occurred_at, product_id from customer_360.interactions"
    " where customer_id is not null and not is_machine order by occurred_at"
)
LINES = (
    "select orders.customer_id, product_id, ordered_at, order_id, total_amount"
    " from customer_360.order_items inner join customer_360.orders using (order_id)"
    " where is_counted and orders.customer_id is not null and quantity > 0 and product_id is not null"
)


@pytest.fixture
def tables(whole_run: tuple[Settings, object]) -> Iterator[Any]:
    with connect(whole_run[0], read_only=True) as connection:
        yield lambda query: connection.execute(query).fetchall()


def seed(name: str) -> dict[str, dict[str, str]]:
    with (REPOSITORY / "dbt_project" / "seeds" / f"{name}.csv").open() as file:
        return {next(iter(row.values())): row for row in csv.DictReader(file)}


def left(amount: float, day: date, half_life: str) -> float:
    return float(amount * 2 ** (-((AS_OF.date() - day).days - 1) / int(half_life)))


def test_the_engagement_of_everybody_is_the_sum_of_what_is_left_of_each_day(tables: Any) -> None:
    signals = seed("interaction_signals")
    daily = Counter((customer, kind, at.date()) for customer, kind, at, _ in tables(EVENTS) if kind in signals)
    expected: defaultdict[str, float] = defaultdict(float)
    for (customer, kind, day), count in daily.items():
        signal = signals[kind]
        counted = min(count, int(signal["daily_cap"])) * float(signal["engagement_weight"])
        expected[customer] += left(counted, day, signal["half_life_days"])
    found = {
        c: float(s) for c, s in tables("select customer_id, engagement_strength from customer_360.engagement_strengths")
    }
    assert found == pytest.approx(dict(expected), abs=1e-3)


def test_nine_in_ten_of_the_engaged_score_below_90_when_the_scale_is_measured(tables: Any) -> None:
    scores = sorted(
        float(score)
        for (score,) in tables(
            "select engagement_score from customer_360.customers where engagement_percentile is not null"
        )
    )
    assert scores[math.floor(0.9 * (len(scores) - 1))] <= 90 <= scores[math.ceil(0.9 * (len(scores) - 1))]


def points(tables: Any) -> Iterator[tuple[str, str, float]]:
    """Customer, product and what is left of each look, cart, order line and return."""
    weights = {signal: float(row["weight"]) for signal, row in seed("interest_weights").items()}
    for customer, kind, at, product in tables(EVENTS):
        if product and kind in weights:
            yield customer, product, left(weights[kind], at.date(), "30")
    refunds = defaultdict(list)
    for order, at, amount in tables("select order_id, refunded_at, amount from customer_360.refunds where amount > 0"):
        refunds[order].append((at.date(), amount))
    for customer, product, at, order, total in tables(LINES):
        yield customer, product, left(weights["order"], at.date(), "30")
        for day, amount in refunds[order]:
            yield customer, product, left(weights["return"] * float(min(1, amount / total)), day, "30")


def test_the_affinities_of_everybody_compare_their_shares_with_all_shares(tables: Any) -> None:
    described = {
        p: dict(zip(KINDS, words, strict=True))
        for p, *words in tables("select product_id, category, brand from customer_360.products")
    }
    sums: defaultdict[tuple[str, str, str], float] = defaultdict(float)
    for customer, product, amount in points(tables):
        for kind, value in described[product].items():
            sums[customer, kind, value] += amount
    interest = {key: max(0.0, amount) for key, amount in sums.items()}
    own: defaultdict[Any, float] = defaultdict(float)
    everybody: defaultdict[Any, float] = defaultdict(float)
    total: defaultdict[Any, float] = defaultdict(float)
    for (customer, kind, value), amount in interest.items():
        own[customer, kind] += amount
        everybody[kind, value] += amount
        total[kind] += amount
    expected = {}
    for (customer, kind, value), amount in interest.items():
        share = everybody[kind, value] / total[kind]
        expected[customer, kind, value] = (amount + 10 * share) / (own[customer, kind] + 10) / share
    found = {
        (c, k, v): float(a)
        for c, k, v, a in tables("select customer_id, kind, value, affinity from customer_360.customer_affinities")
    }
    assert found == pytest.approx(expected, abs=1e-3)


def test_sessions_begin_where_nothing_happened_for_30_minutes(tables: Any) -> None:
    visits = {kind for kind, row in seed("interaction_types").items() if row["is_visit"] == "true"}
    last: dict[str, datetime] = {}
    expected = Counter[str]()
    for customer, kind, at, _ in tables(EVENTS):
        if kind in visits:
            expected[customer] += customer not in last or at - last[customer] >= timedelta(minutes=30)
            last[customer] = at
    assert dict(tables("select customer_id, count(*) from customer_360.sessions group by 1")) == expected
