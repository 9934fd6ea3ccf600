"""How each sync stands: its last runs, and what the destination holds against what the audience says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from reverse_etl._outgoing import pending
from reverse_etl._receipts import last_runs
from reverse_etl._tables import Tables, load_syncs
from warehouse import connect

if TYPE_CHECKING:
    from datetime import datetime

    from reverse_etl._tables import Sync
    from warehouse import Settings

Health = Literal["never run", "blocked", "failing", "behind", "rejections", "healthy"]
_RUNS = 5


@dataclass(frozen=True)
class RunSummary:
    """One run that has ended.

    Attributes:
        adds, updates, removals: records that it set out to send.
        accepted, rejected: what the destination said to them.
    """

    run_id: str
    status: str
    adds: int
    updates: int
    removals: int
    accepted: int
    rejected: int
    message: str | None
    started_at: datetime
    finished_at: datetime


@dataclass(frozen=True)
class SyncStatus:
    """How one sync stands.

    Attributes:
        audience: records that the destination should hold.
        delivered: records that receipts say it holds.
        waiting: records that the next run would send.
        rejected: records of the audience that the destination does not take as they are.
        health: the worst that is true: never run, blocked, failing, behind, rejections, healthy.
        runs: the last runs, the latest first.
    """

    sync: str
    destination: str
    segment: str
    audience: int
    delivered: int
    waiting: int
    rejected: int
    health: Health
    runs: tuple[RunSummary, ...]


def status(settings: Settings, syncs: tuple[str, ...] = ()) -> list[SyncStatus]:
    """How the named syncs, or all, stand.

    Args:
        settings: where the warehouse is.
        syncs: names of syncs; none means all.

    Raises:
        KindredError: there is no warehouse, no such sync, or a table is missing.
    """
    with connect(settings, read_only=True) as connection:
        tables = Tables.on(connection)
        return [_status(tables, sync) for sync in load_syncs(tables, tuple(syncs))]


def _status(tables: Tables, sync: Sync) -> SyncStatus:
    runs = tuple(_summary(row) for row in last_runs(tables, sync.sync, _RUNS))
    waiting = int(tables.value(pending(tables, sync).count()))
    rejected = int(tables.value(_of(tables, "rejected_records", sync).count()))
    return SyncStatus(
        sync=sync.sync,
        destination=sync.destination,
        segment=sync.segment,
        audience=int(tables.value(_of(tables, "desired_records", sync).count())),
        delivered=int(tables.value(_of(tables, "delivered_records", sync).count())),
        waiting=waiting,
        rejected=rejected,
        health=_health(runs, waiting, rejected),
        runs=runs,
    )


def _health(runs: tuple[RunSummary, ...], waiting: int, rejected: int) -> Health:
    if not runs:
        return "never run"
    if runs[0].status == "blocked":
        return "blocked"
    if runs[0].status == "failed":
        return "failing"
    if waiting:
        return "behind"
    return "rejections" if rejected else "healthy"


def _of(tables: Tables, name: str, sync: Sync) -> Any:
    table = tables.table(name)
    return table.filter(table.sync == sync.sync)


def _summary(row: dict[str, Any]) -> RunSummary:
    return RunSummary(**{name: row[name] for name in RunSummary.__dataclass_fields__})
