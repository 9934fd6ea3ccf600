"""What a run has left in the warehouse, as figures that fit on one page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.money import read_money
from orchestration.raw_tables import present_columns, raw_tables
from warehouse import connect
from warehouse.funnel import funnel

if TYPE_CHECKING:
    import duckdb

    from demo.accuracy import Accuracy
    from orchestration.dbt import Manifest
    from orchestration.money import Money
    from warehouse import Settings


@dataclass(frozen=True)
class SourceFigures:
    """One source: rows read, and rows that cannot be read by reason, the most frequent first."""

    source: str
    rows: int
    quarantined: int
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class SegmentFigures:
    """One segment: its members, and what its owner should look at; None if nothing."""

    segment: str
    members: int
    remark: str | None


@dataclass(frozen=True)
class SyncFigures:
    """One sync: from the members of the segment, gate by gate, to what the destination holds."""

    sync: str
    destination: str
    members: int
    withheld: tuple[tuple[str, int], ...]
    audience: int
    held: int
    added: int
    updated: int
    removed: int
    status: str

    @property
    def funnel(self) -> str:
        """From the members to the audience, in one line."""
        return funnel(self.members, self.withheld, self.audience)


@dataclass(frozen=True)
class Summary:
    """One page about the warehouse.

    Attributes:
        accuracy: customers against the true people; None where the truth is not known.
        money: the revenue of all, and whose it is.
        example: an identifier worth looking up; None if there is no customer.
    """

    as_of: str
    sources: tuple[SourceFigures, ...]
    customers: int
    known_customers: int
    accuracy: Accuracy | None
    money: Money
    segments: tuple[SegmentFigures, ...]
    syncs: tuple[SyncFigures, ...]
    example: str | None


def summarise(settings: Settings, manifest: Manifest) -> Summary:
    """Read the figures.

    Raises:
        KindredError: there is no warehouse.
    """
    with connect(settings, read_only=True) as connection:
        present = set(present_columns(connection))
        customers, known, as_of = _row(
            connection,
            "select count(*), count(*) filter (where is_known), strftime(max(as_of), '%Y-%m-%d %H:%M') from"
            " customer_360.customers",
        )
        return Summary(
            as_of=str(as_of),
            sources=tuple(_sources(connection, manifest, present)),
            customers=customers,
            known_customers=known,
            accuracy=_accuracy(connection, present),
            money=read_money(connection),
            segments=tuple(SegmentFigures(*row) for row in connection.execute(_SEGMENTS).fetchall()),
            syncs=tuple(_syncs(connection)),
            example=_example(connection, present),
        )


def _sources(
    connection: duckdb.DuckDBPyConnection, manifest: Manifest, present: set[tuple[str, str]]
) -> list[SourceFigures]:
    rows: dict[str, int] = {}
    for table in raw_tables(manifest):
        [count] = _row(connection, f"select count(*) from {table.relation}")
        rows[table.source] = rows.get(table.source, 0) + count
    return [_source(connection, source, rows[source], present) for source in sorted(rows)]


def _source(
    connection: duckdb.DuckDBPyConnection, source: str, rows: int, present: set[tuple[str, str]]
) -> SourceFigures:
    reasons: list[tuple[str, int]] = []
    if ("staging", f"quarantine_{source}") in present:
        query = f'select reason, count(*) from staging."quarantine_{source}" group by 1 order by 2 desc, 1'
        reasons = _pairs(connection, query)
    return SourceFigures(source, rows, sum(count for _, count in reasons), tuple(reasons))


def _accuracy(connection: duckdb.DuckDBPyConnection, present: set[tuple[str, str]]) -> Accuracy | None:
    if ("truth", "record_owners") not in present:
        return None
    from demo.accuracy import accuracy  # noqa: PLC0415 - the demo's own

    return accuracy(connection)


def _syncs(connection: duckdb.DuckDBPyConnection) -> list[SyncFigures]:
    withheld: dict[str, list[tuple[str, int]]] = {}
    for sync, reason, count in connection.execute(_WITHHELD).fetchall():
        withheld.setdefault(sync, []).append((reason, count))
    return [
        SyncFigures(sync, destination, members, tuple(withheld.get(sync, ())), *figures)
        for sync, destination, members, *figures in connection.execute(_SYNCS).fetchall()
    ]


def _example(connection: duckdb.DuckDBPyConnection, present: set[tuple[str, str]]) -> str | None:
    """Somebody whom many sources know; the demo's people are invented, others are named by their id alone."""
    column = "coalesce(email, customer_id)" if ("truth", "people") in present else "customer_id"
    query = f"""
        select {column} from customer_360.customers
        where is_known and not is_test
        order by
            customer_id in (select customer_id from activation.desired_records) desc, sources_count desc, customer_id
        limit 1
    """
    found = connection.execute(query).fetchone()
    return str(found[0]) if found else None


def _row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    return connection.execute(query).fetchone() or ()


def _pairs(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[str, int]]:
    return [(str(name), int(count)) for name, count in connection.execute(query).fetchall()]


_SEGMENTS = """
with members as (select segment, count(*) as members from segments.segment_memberships group by 1)
select
    segment,
    coalesce(members, 0),
    case
        when coalesce(members, 0) not between least_members and most_members
            then format('{:,} to {:,} expected', least_members, most_members)
        when review_by <= (select max(as_of) from customer_360.customers)
            then 'review was due ' || strftime(review_by, '%Y-%m-%d')
    end
from segments.segment_settings
left join members using (segment)
order by 1
"""

_WITHHELD = """
select sync, reason, count(*) from activation.audience_decisions
where decision = 'withhold' group by sync, gate, reason order by sync, gate, 3 desc, reason
"""

_SYNCS = """
with
members as (select sync, count(*) as members from activation.audience_decisions group by 1),
desired as (select sync, count(*) as records from activation.desired_records group by 1),
held as (select sync, count(*) as records from activation.delivered_records group by 1),
-- A run of an earlier build says nothing about this one.
last_runs as (
    select * from activation.sync_runs
    where build_id = coalesce((select max(build_id) from activation.desired_records), build_id)
    qualify row_number() over (partition by sync order by started_at desc, run_id desc) = 1
),
accepted as (
    select
        run_id,
        count(distinct record_key) filter (where operation = 'add') as added,
        count(distinct record_key) filter (where operation = 'update') as updated,
        count(distinct record_key) filter (where operation = 'remove') as removed
    from activation.receipts
    where outcome in ('accepted', 'pending')
    group by 1
)
select
    syncs.sync,
    syncs.destination,
    coalesce(members.members, 0),
    coalesce(desired.records, 0),
    coalesce(held.records, 0),
    coalesce(accepted.added, 0),
    coalesce(accepted.updated, 0),
    coalesce(accepted.removed, 0),
    coalesce(last_runs.status, 'not sent')
from activation.syncs
left join members using (sync)
left join desired using (sync)
left join held using (sync)
left join last_runs on last_runs.sync = syncs.sync
left join accepted on accepted.run_id = last_runs.run_id
order by 1
"""
