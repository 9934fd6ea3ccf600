"""What must be true of `customers` as a whole, build after build. What is true of its rows is a dbt test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from expectations._evaluate import Expected
from expectations._frames import Frame
from expectations._suite import Suite

if TYPE_CHECKING:
    import pandas as pd

    from expectations._history import History
    from expectations._results import Severity

CUSTOMERS = Frame(
    "customers",
    """
    select
        customer_id,
        identifiers_count,
        case when is_known then orders_365d end as orders_a_year,
        average_order_value,
        coalesce(rfm_segment, 'no order') as rfm_segment
    from customer_360.customers
    """,
    "customer_id",
)

WHOLE = Frame(
    "customers as a whole",
    """
    with
    totals as (
        select
            count(*) as customers,
            avg(case when is_known then 1.0 else 0.0 end) as known_share,
            avg(case when is_test then 1.0 else 0.0 end) as test_share,
            avg(case when email is not null then 1.0 else 0.0 end) as email_share,
            coalesce(1 - count(distinct email) / nullif(count(email), 0), 0) as shared_email_share,
            max(identifiers_count) / greatest(100, sum(identifiers_count) / 100) as largest_of_limit,
            coalesce(sum(net_revenue), 0) as customers_revenue,
            date_diff('day', max(last_seen_at), max(as_of)) as days_silent
        from customer_360.customers
    ),
    identities as (
        select count(distinct customer_id) as identities, count(*) as identifiers from identity.customer_identifiers
    ),
    moves as (
        select count(distinct identifier_id) as moved
        from identity.identity_assignments
        where change_kind = 'move' and assigned_as_of = (select max(as_of) from customer_360.customers)
    ),
    money as (
        select coalesce(sum(net_amount) filter (where customer_id is not null), 0) as owned_revenue
        from customer_360.revenue
    )
    select
        'customers' as whole,
        totals.* exclude (customers_revenue),
        totals.customers - identities.identities as customers_without_identity,
        moves.moved / greatest(1, identities.identifiers) as moved_share,
        totals.customers_revenue - money.owned_revenue as revenue_without_order
    from totals, identities, moves, money
    """,
    "whole",
)

MONEY = Frame(
    "money by source and currency",
    """
    select
        source || ' in ' || currency || ': ' || cast(abs(cast(difference as decimal(18, 2))) as varchar)
        || case when difference < 0 then ' too little' else ' too much' end as part,
        cast(difference as double) as difference
    from customer_360.money_reconciliation
    """,
    "part",
)

_ACCEPT = "(if the change is right, run `python -m expectations --forget`)"
_SHARES = ("customers", "known_share", "email_share", "test_share")


def expected(history: History) -> dict[str, list[Expected]]:
    """The expectations by frame, with the limits that earlier builds give."""
    return {
        CUSTOMERS.name: [*_rows(), *_like_before(history)],
        WHOLE.name: [*_identity(), *_reconciled(), *_volume(history)],
        MONEY.name: [_money()],
    }


def _rows() -> list[Expected]:
    return [
        Expected("there are customers", "ExpectTableRowCountToBeBetween", {"min_value": 1}),
        Expected(
            "hardly any customer orders more often than daily, as a till's own card would",
            "ExpectColumnValuesToBeBetween",
            {"column": "orders_a_year", "max_value": 365, "mostly": 0.999},
            "warning",
        ),
        Expected(
            "a customer has a handful of identifiers on average",
            "ExpectColumnMeanToBeBetween",
            {"column": "identifiers_count", "min_value": 1, "max_value": 30},
        ),
    ]


def _like_before(history: History) -> list[Expected]:
    shares = history.last("rfm_segments")
    value = history.typical("average_order_value")
    found = []
    if shares:
        sentence = "customers spread over the RFM segments as in the last build"
        partition = {"values": list(shares), "weights": list(shares.values())}
        arguments: dict[str, Any] = {"column": "rfm_segment", "partition_object": partition, "threshold": 0.2}
        # A segment that appears for the first time is no surprise in itself.
        tail = {"tail_weight_holdout": 0.01}
        found.append(Expected(sentence, "ExpectColumnKLDivergenceToBeLessThan", arguments | tail, "warning"))
    if value:
        sentence = "the average order value is between half and twice that of the last builds"
        limits = {"column": "average_order_value", "min_value": value / 2, "max_value": value * 2}
        found.append(Expected(sentence, "ExpectColumnMeanToBeBetween", limits, "warning"))
    return found


def _identity() -> list[Expected]:
    return [
        _at_most(
            "largest_of_limit", 1, "no customer holds more than a hundred identifiers and 1% of all (1 = that limit)"
        ),
        _at_most("moved_share", 0.05, "at most one in twenty identifiers went to another customer today", "warning"),
        _at_most("shared_email_share", 0.1, "at most one in ten e-mail addresses is that of two customers"),
        _at_most("test_share", 0.05, "at most one in twenty customers is a test account"),
        _at_least("known_share", 1e-9, "there are customers who are known by name or address"),
        _at_most("days_silent", 7, "the last record is at most a week older than the day looked back from", "warning"),
    ]


def _reconciled() -> list[Expected]:
    return [
        _between("customers_without_identity", 0, 0, "there are as many customers as identity found"),
        _between("revenue_without_order", -0.005, 0.005, "the customers' revenue is that of their orders and refunds"),
    ]


def _money() -> Expected:
    sentence = "the revenue of each source and currency is what its records say, to the cent"
    limits = {"column": "difference", "min_value": -0.005, "max_value": 0.005}
    return Expected(sentence, "ExpectColumnValuesToBeBetween", limits)


def _volume(history: History) -> list[Expected]:
    usual = history.typical("customers")
    found = []
    if usual:
        sentence = f"there are between half and twice the usual {usual:,.0f} customers {_ACCEPT}"
        found.append(_between("customers", usual / 2, usual * 2, sentence))
    for measure, words in (("known_share", "are known"), ("email_share", "have an e-mail address")):
        share = history.typical(measure)
        if share and share > 0.2:  # noqa: PLR2004 - below it nothing can fall by a fifth
            found.append(
                _at_least(measure, share - 0.2, f"about {share:.0%} of the customers {words}, as before {_ACCEPT}")
            )
    return found


def _at_most(column: str, limit: float, sentence: str, severity: Severity = "critical") -> Expected:
    return Expected(sentence, "ExpectColumnMaxToBeBetween", {"column": column, "max_value": limit}, severity)


def _at_least(column: str, limit: float, sentence: str, severity: Severity = "critical") -> Expected:
    return Expected(sentence, "ExpectColumnMinToBeBetween", {"column": column, "min_value": limit}, severity)


def _between(column: str, least: float, most: float, sentence: str) -> Expected:
    limits = {"column": column, "min_value": least, "max_value": most}
    return Expected(sentence, "ExpectColumnMaxToBeBetween", limits)


def _measures(frames: dict[str, pd.DataFrame]) -> dict[str, object]:
    whole, rows = frames[WHOLE.name].iloc[0], frames[CUSTOMERS.name]
    spread = rows["rfm_segment"].value_counts(normalize=True)
    return {
        **{name: float(whole[name]) for name in _SHARES},
        "average_order_value": float(rows["average_order_value"].astype(float).mean()),
        "rfm_segments": {str(name): float(share) for name, share in spread.items()},
    }


SUITE = Suite(
    name="customers",
    frames=(CUSTOMERS, WHOLE, MONEY),
    as_of="select strftime(max(as_of), '%Y-%m-%d %H:%M:%S') from customer_360.customers",
    expected=expected,
    measures=_measures,
)
