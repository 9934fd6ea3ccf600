"""Records that a destination does not take as they are: who they are, and how they are offered again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from reverse_etl._by_hand import answer_by_hand
from reverse_etl._records import Outcome
from reverse_etl._redact import redact
from reverse_etl._tables import Tables, load_syncs
from warehouse import connect

if TYPE_CHECKING:
    from collections.abc import Callable

    from reverse_etl._tables import Sync
    from warehouse import Settings

_BY_HAND: Final = Outcome("retryable", "to be tried again, by hand")


@dataclass(frozen=True)
class Rejected:
    """One record that a destination does not take as it is.

    Attributes:
        key: a short name for its key, from which the key cannot be read.
        reason: the destination's words, without personal data.
        payload_hash: it changes when the payload does; then the record is offered again by itself.
        since: when it was last rejected, in UTC.
    """

    sync: str
    destination: str
    key: str
    customer_id: str
    reason: str | None
    payload_hash: str
    since: datetime


@dataclass(frozen=True)
class Retried:
    """How many rejected records of a sync its next run offers again."""

    sync: str
    records: int


def rejected(settings: Settings, syncs: tuple[str, ...] = ()) -> list[Rejected]:
    """What the destinations of the named syncs, or of all, do not take, ordered by sync, reason and key.

    Args:
        settings: where the warehouse is.
        syncs: names of syncs; none means all.

    Raises:
        KindredError: there is no warehouse, no such sync, or a table is missing.
    """
    with connect(settings, read_only=True) as connection:
        tables = Tables.on(connection)
        return [
            _listed(row)
            for sync in load_syncs(tables, tuple(syncs))
            for row in tables.rows(_rejected(tables, sync).order_by("reason", "record_key"))
        ]


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
    with connect(settings, read_only=True) as connection:
        found = load_syncs(Tables.on(connection), tuple(syncs))
    return [
        Retried(sync.sync, answer_by_hand(settings, sync, partial(_rejected, sync=sync), _BY_HAND, now))
        for sync in found
    ]


def _rejected(tables: Tables, sync: Sync) -> Any:
    records = tables.table("rejected_records")
    return records.filter(records.sync == sync.sync)


def _listed(row: dict[str, Any]) -> Rejected:
    return Rejected(
        sync=row["sync"],
        destination=row["destination"],
        key=redact(row["record_key"]),
        customer_id=row["customer_id"],
        reason=row["reason"],
        payload_hash=row["payload_hash"],
        since=row["rejected_at"],
    )
