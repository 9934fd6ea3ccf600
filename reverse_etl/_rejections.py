"""Records that a destination does not take as they are: who they are, and how they are offered again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from reverse_etl._by_hand import answer_by_hand, stuck_records
from reverse_etl._records import Outcome
from reverse_etl._tables import syncs_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from reverse_etl._by_hand import Stuck
    from reverse_etl._tables import Sync, Tables
    from warehouse import Settings

_BY_HAND: Final = Outcome("retryable", "to be tried again, by hand")


@dataclass(frozen=True)
class Retried:
    """How many rejected records of a sync its next run offers again."""

    sync: str
    records: int


def rejected(settings: Settings, syncs: tuple[str, ...] = ()) -> list[Stuck]:
    """What the destinations of the named syncs, or of all, do not take, ordered by sync, reason and key.

    Args:
        settings: where the warehouse is.
        syncs: names of syncs; none means all.

    Raises:
        KindredError: there is no warehouse, no such sync, or a table is missing.
    """
    return stuck_records(settings, syncs, lambda tables, sync: _rejected(tables, sync).order_by("reason", "record_key"))


def retry(
    settings: Settings, syncs: tuple[str, ...] = (), now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> list[Retried]:
    """Let the next run offer rejected records again although they did not change; nothing is sent here.

    Args:
        settings: where the warehouse is.
        syncs: names of syncs; none means all.
        now: the clock.

    Raises:
        SyncLocked: one of them is being delivered.
        KindredError: there is no warehouse, no such sync, or a table is missing.
    """
    return [
        Retried(sync.sync, answer_by_hand(settings, sync, _rejected, _BY_HAND, now))
        for sync in syncs_of(settings, syncs)
    ]


def _rejected(tables: Tables, sync: Sync) -> Any:
    records = tables.table("rejected_records")
    return records.filter(records.sync == sync.sync).rename(since="rejected_at")
