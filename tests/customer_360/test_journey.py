"""The history of the journey, swept from intervals in SQL, against its definition evaluated moment by moment."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import duckdb
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

ROOT = Path(__file__).parents[2]
AS_OF = datetime(2026, 7, 1)  # noqa: DTZ001  (the warehouse keeps UTC without a zone)
START = AS_OF - timedelta(days=520)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
SEEDS = ("interaction_types", "journey_conditions", "journey_events", "loyalty_tiers")
MODELS = (
    *("order_gaps", "population_gap_shares", "recency_gap_limits"),
    *("journey_attachments", "first_deliveries", "journey_purchases", "journey_signals", "repeated_signals"),
    *("journey_windows", "loyalty_candidates", "silence_limits", "journey_rhythms"),
    *("journey_steps", "journey_moments", "journey_history"),
)
TABLES = {
    "customer_identity": "customer_id varchar, first_seen_at timestamp",
    "orders": "order_id varchar, customer_id varchar, ordered_at timestamp, is_counted boolean",
    "payments": "payment_id varchar, customer_id varchar, attempted_at timestamp, status varchar",
    "carts": "cart_id varchar, customer_id varchar, updated_at timestamp, items_count bigint",
    "deliveries": "order_id varchar, delivered_at timestamp",
    "interactions": "customer_id varchar, interaction_type varchar, occurred_at timestamp, is_machine boolean",
    "scored_answers": "customer_id varchar, record_id varchar, metric varchar, points bigint, answered_at timestamp",
    "customer_attributes": "customer_id varchar, attribute varchar, value varchar, observed_at timestamp",
    "customer_order_traits": "customer_id varchar, orders_count bigint, days_since_last_order bigint",
}
VISITS = ("page_view", "product_view", "add_to_cart", "login", "usage")
OTHERS = ("ad_click", "support_ticket", "referral")

moments = st.builds(
    lambda day, second: START + day * DAY + timedelta(seconds=second),
    st.integers(1, 519),
    st.sampled_from((0, 1, 43_200, 86_399)),
)


@dataclass(frozen=True)
class Person:
    orders: dict[datetime, int | None] = field(default_factory=dict)  # None: at the till; else days until the delivery
    interactions: frozenset[tuple[str, datetime]] = frozenset()
    answers: dict[datetime, int] = field(default_factory=dict)
    gold_since: datetime | None = None

    @property
    def delivered(self) -> list[datetime]:
        arrivals = (at + (0 if days is None else days) * DAY for at, days in self.orders.items())
        return [at for at in arrivals if at < AS_OF]


people = st.builds(
    Person,
    orders=st.dictionaries(moments, st.sampled_from((None, 0, 3)), max_size=9),
    interactions=st.frozensets(st.tuples(st.sampled_from(VISITS + OTHERS), moments)),
    answers=st.dictionaries(moments, st.sampled_from((-1, 0, 1)), max_size=3),
    gold_since=st.none() | moments,
)


@pytest.fixture(scope="session")
def compiled(core: Manifest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    home, project = tmp_path_factory.mktemp("journey"), str(ROOT / "dbt_project")
    places = ("--project-dir", project, "--profiles-dir", project, "--target-path", str(home), "--log-path", str(home))
    with patch.dict(os.environ, KINDRED_HOME=str(home)):
        outcome: Any = dbtRunner(manifest=core).invoke(
            ["--quiet", "--no-write-json", "compile", "--select", *MODELS, "--vars", f"as_of: '{AS_OF}'", *places]
        )
    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    assert outcome.success, outcome.exception
    texts = {result.node.name: result.node.compiled_code for result in outcome.result}
    return {model: re.sub(r'"kindred"\."\w+"\.', "", texts[model]) for model in MODELS}


@pytest.fixture(scope="session")
def warehouse() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    for seed in SEEDS:
        connection.execute(f"create table {seed} as from read_csv('{ROOT}/dbt_project/seeds/{seed}.csv')")
    return connection


def history(
    warehouse: duckdb.DuckDBPyConnection, compiled: dict[str, str], crowd: list[Person]
) -> dict[str, list[tuple[str, datetime, datetime | None]]]:
    for table, columns in TABLES.items():
        warehouse.execute(f"create or replace table {table} ({columns})")
    for number, person in enumerate(crowd):
        _insert(warehouse, f"c{number}", person)
    for model in MODELS:
        warehouse.execute(f"create or replace table {model} as {compiled[model]}")
    found: dict[str, list[tuple[str, datetime, datetime | None]]] = {}
    query = "select customer_id, journey_stage, valid_from, valid_to from journey_history order by 1, 3"
    for customer, *stay in warehouse.execute(query).fetchall():
        found.setdefault(customer, []).append((stay[0], stay[1], stay[2]))
    return found


def _insert(warehouse: duckdb.DuckDBPyConnection, customer: str, person: Person) -> None:
    ordered = sorted(person.orders)
    rows: dict[str, list[tuple[Any, ...]]] = {
        "customer_identity": [(customer, START)],
        "orders": [(f"{customer}:{at}", customer, at, True) for at in ordered],
        "deliveries": [
            (f"{customer}:{at}", arrival if (arrival := at + days * DAY) < AS_OF else None)
            for at, days in person.orders.items()
            if days is not None
        ],
        "interactions": [(customer, kind, at, False) for kind, at in person.interactions],
        "scored_answers": [(customer, str(at), "nps", points, at) for at, points in person.answers.items()],
        "customer_attributes": [(customer, "loyalty_tier", "gold", at) for at in (person.gold_since,) if at],
        "customer_order_traits": [(customer, len(ordered), (AS_OF - ordered[-1]).days)] if ordered else [],
    }
    for table, values in rows.items():
        if values:
            marks = ", ".join("?" * len(values[0]))
            warehouse.executemany(f"insert into {table} values ({marks})", values)


def gaps(orders: list[datetime]) -> list[int]:
    days = sorted({at.date() for at in orders})
    return [(later - earlier).days for earlier, later in pairwise(days)]


def percentile(orders: list[datetime], moment: datetime, everybody: list[list[int]]) -> Decimal | None:
    own, silence = gaps(orders), (moment - max(orders)).days
    reached = sum(gap <= silence for gap in own)
    every = [gap for each in everybody for gap in (each if own else each[:1])]
    if len(own) >= 5:
        return _rounded(Decimal(reached) / len(own))
    if not every:
        return None
    share = _rounded(Decimal(sum(gap <= silence for gap in every)) / len(every))
    return _rounded((reached + 5 * share) / (len(own) + 5)) if own else share


def _rounded(share: Decimal) -> Decimal:
    return share.quantize(Decimal("0.000001"), ROUND_HALF_UP)


def stage(person: Person, moment: datetime, everybody: list[list[int]]) -> str:
    """The definition, word by word: what a build that looks back from this moment must say."""

    def often(times: list[datetime], number: int, days: int) -> bool:
        return sum(moment - days * DAY <= at < moment for at in times) >= number

    def of(*kinds: str) -> list[datetime]:
        return [at for kind, at in person.interactions if kind in kinds]

    orders = [at for at in person.orders if at < moment]
    answers = [at for at in person.answers if at < moment]
    attached = (
        (person.gold_since is not None and person.gold_since < moment)
        or (bool(answers) and person.answers[max(answers)] == 1)
        or any(at < moment for at in of("referral"))
    )
    if often(orders, 3, 365) and attached:
        rhythm = percentile(orders, moment, everybody)
        if rhythm is not None and rhythm < Decimal("0.8"):
            return "loyalty"
    uses = of("login", "usage", "support_ticket")
    if often([at for at in uses if any(arrival < at for arrival in person.delivered)], 1, 90):
        return "usage"
    if often(orders, 1, 30):
        return "purchase"
    signs = [(3, of("product_view")), (1, of("add_to_cart"))]
    if any(often([at for at in times if not any(o > at for o in orders)], number, 30) for number, times in signs):
        return "consideration"
    return "awareness" if often(of(*VISITS, "ad_click") + orders, 1, 90) else "dormant"


def edges(person: Person, everybody: list[list[int]]) -> set[datetime]:
    """Each moment at which something may change, a second before it and a second after."""
    happened = {*person.orders, *person.answers, *(at for _, at in person.interactions), *person.delivered}
    happened |= {person.gold_since} if person.gold_since else set()
    limits = {gap for each in everybody for gap in each} | {0, 30, 90, 365}
    turns = {at + days * DAY for at in happened for days in limits} | {AS_OF}
    return {turn + shift for turn in turns for shift in (-SECOND, 0 * SECOND, SECOND) if START < turn + shift <= AS_OF}


@given(crowd=st.lists(people, min_size=1, max_size=3))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_history_says_at_every_moment_what_the_definition_says(
    warehouse: duckdb.DuckDBPyConnection, compiled: dict[str, str], crowd: list[Person]
) -> None:
    found = history(warehouse, compiled, crowd)
    everybody = [gaps(list(person.orders)) for person in crowd]
    for number, person in enumerate(crowd):
        stays = found[f"c{number}"]
        for moment in sorted(edges(person, everybody)):
            held = [name for name, since, until in stays if since < moment and (until is None or moment <= until)]
            assert held == [stage(person, moment, everybody)], (number, moment, stays)


def test_every_stage_can_be_reached_and_left(warehouse: duckdb.DuckDBPyConnection, compiled: dict[str, str]) -> None:
    day = {number: START + number * DAY for number in range(500)}
    ada = Person(
        orders={day[30]: 3, day[40]: 3, day[50]: 3},
        interactions=frozenset({("page_view", day[10]), ("add_to_cart", day[20]), ("login", day[35])}),
        gold_since=day[52],
    )
    bob = Person(orders={day[1]: None, day[11]: None, day[31]: None})
    stays = history(warehouse, compiled, [ada, bob])["c0"]
    assert [(name, (since - START).days) for name, since, _ in stays] == [
        ("dormant", 0),
        ("awareness", 10),
        ("consideration", 20),
        ("purchase", 30),
        ("usage", 35),
        ("loyalty", 52),
        ("usage", 59),
        ("awareness", 125),
        ("dormant", 140),
    ]
