"""What a sync would do, before anything is sent. Holds counts, never personal data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from reverse_etl._guards import GuardResult, Situation, evaluate
from reverse_etl._outgoing import describe_desired, never_sent, summarise
from reverse_etl._tables import Tables, load_syncs
from warehouse import connect
from warehouse.funnel import funnel

if TYPE_CHECKING:
    import duckdb

    from reverse_etl._outgoing import Desired
    from reverse_etl._tables import Sync
    from warehouse import Settings

Scope = Literal["everything", "withdrawals", "nothing"]


@dataclass(frozen=True)
class SyncPlan:
    """What one sync would do.

    Attributes:
        sync, destination, segment: names.
        desired: records in the audience.
        delivered: records that receipts say the destination holds.
        adds, updates, removals: what would be sent.
        withdrawals: those among the removals who withdrew their consent or asked to be erased.
        unresolved: additions whose answer was lost; a destination that cannot bear them twice does not get them again.
        incomplete: records of the audience that are not written while a field of theirs is null (`on_null: skip`).
        withheld: (reason, members of the segment), in the order of the gates, within one the largest first.
        guards: every guard's answer.
        build_id: the build of the audience; None when no audience has anybody in it.
        as_of: the time for which the audience holds.
    """

    sync: str
    destination: str
    segment: str
    desired: int
    delivered: int
    adds: int
    updates: int
    removals: int
    withdrawals: int
    unresolved: int
    incomplete: int
    withheld: tuple[tuple[str, int], ...]
    guards: tuple[GuardResult, ...]
    build_id: str | None
    as_of: datetime | None

    @property
    def members(self) -> int:
        """How many the segment has."""
        return self.desired + sum(count for _, count in self.withheld)

    @property
    def funnel(self) -> str:
        """From the members to the audience, gate by gate, in one line."""
        return funnel(self.members, self.withheld, self.desired)

    @property
    def changes(self) -> int:
        """How many records would be sent."""
        return self.adds + self.updates + self.removals

    @property
    def tripped(self) -> tuple[GuardResult, ...]:
        """The guards that stop it."""
        return tuple(guard for guard in self.guards if not guard.passed)

    def scope(self, accepted: frozenset[str] = frozenset()) -> Scope:
        """What may go out, when somebody has looked at and accepted some guards about how much would change."""
        tripped = [guard for guard in self.tripped if not (guard.volume and guard.guard in accepted)]
        if not tripped:
            return "everything"
        return "withdrawals" if all(guard.volume for guard in tripped) else "nothing"


def plan(settings: Settings, syncs: tuple[str, ...] = (), now: datetime | None = None) -> list[SyncPlan]:
    """What the named syncs, or all, would do now.

    Args:
        settings: where the warehouse is.
        syncs: names of syncs; none means all.
        now: the clock of the run, by default the present.

    Raises:
        KindredError: there is no warehouse, no such sync, or a table is missing.
    """
    with connect(settings, read_only=True) as connection:
        return plan_on(connection, syncs, now)


def plan_on(
    connection: duckdb.DuckDBPyConnection, syncs: tuple[str, ...] = (), now: datetime | None = None
) -> list[SyncPlan]:
    """The same, of a database that is open already.

    Raises:
        KindredError: there is no such sync, or a table is missing.
    """
    tables = Tables.on(connection)
    moment = now or datetime.now(UTC)
    found = load_syncs(tables, tuple(syncs))
    return [plan_sync(tables, sync, describe_desired(tables, sync), moment) for sync in found]


def plan_sync(tables: Tables, sync: Sync, desired: Desired, now: datetime) -> SyncPlan:
    """The plan of one sync on an open warehouse."""
    outgoing = summarise(tables, sync)
    delivered = _delivered(tables, sync)
    return SyncPlan(
        sync=sync.sync,
        destination=sync.destination,
        segment=sync.segment,
        desired=desired.records,
        delivered=delivered,
        adds=outgoing.adds,
        updates=outgoing.updates,
        removals=outgoing.removals,
        withdrawals=outgoing.withdrawals,
        unresolved=outgoing.unresolved,
        incomplete=desired.incomplete,
        withheld=_withheld(tables, sync),
        guards=evaluate(Situation(tables, sync, desired, delivered, outgoing, now)),
        build_id=desired.build_id,
        as_of=desired.as_of,
    )


def _delivered(tables: Tables, sync: Sync) -> int:
    records = tables.table("delivered_records")
    return 0 if never_sent(tables, sync) else int(tables.value(records.filter(records.sync == sync.sync).count()))


def _withheld(tables: Tables, sync: Sync) -> tuple[tuple[str, int], ...]:
    decisions = tables.table("audience_decisions")
    mine = decisions.filter(decisions.sync == sync.sync, decisions.decision == "withhold")
    rows = tables.rows(mine.group_by("gate", "reason").aggregate(members=mine.count()))
    ordered = sorted(rows, key=lambda row: (row["gate"], -row["members"], row["reason"]))
    return tuple((str(row["reason"]), int(row["members"])) for row in ordered)
