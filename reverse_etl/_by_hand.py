"""Records about which a person has the last word: who they are, and the receipts that say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import ibis

from reverse_etl._journal import journal, new_folder
from reverse_etl._lock import sync_lock
from reverse_etl._receipts import receipt_clock
from reverse_etl._records import Run, new_run_id
from reverse_etl._redact import redact
from reverse_etl._settle import record_folder, record_left
from reverse_etl._spool import SCHEMA, read_spool, writing
from reverse_etl._tables import Tables, load_syncs
from warehouse import connect

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from reverse_etl._journal import Folder
    from reverse_etl._records import Outcome
    from reverse_etl._tables import Sync
    from warehouse import Settings

    # Makes the expression of some records of a sync: a spool's columns as far as they are known, reason and since.
    Choose = Callable[[Tables, Sync], Any]

_LINE_ROWS: Final = 10_000


@dataclass(frozen=True)
class Stuck:
    """One record that is not sent as it is: it was rejected, or the answer about it was lost.

    Attributes:
        key: a short name for its key, from which the key cannot be read.
        reason: the destination's words, or what was heard instead of them, without personal data.
        payload_hash: it changes when the payload does; then a rejected record is offered again by itself.
        since: when it was last answered or sent, in UTC.
    """

    sync: str
    destination: str
    key: str
    customer_id: str
    reason: str | None
    payload_hash: str
    since: datetime


def stuck_records(settings: Settings, syncs: tuple[str, ...], choose: Choose) -> list[Stuck]:
    """The chosen records of the named syncs, or of all, as a person may see them.

    Raises:
        KindredError: there is no warehouse, no such sync, or a table is missing.
    """
    with connect(settings, read_only=True) as connection:
        tables = Tables.on(connection)
        return [_stuck(row) for sync in load_syncs(tables, syncs) for row in tables.rows(choose(tables, sync))]


def _stuck(row: dict[str, Any]) -> Stuck:
    said = {name: row[name] for name in Stuck.__dataclass_fields__ if name != "key"}
    return Stuck(key=redact(row["record_key"]), **said)


def answer_by_hand(
    settings: Settings, sync: Sync, choose: Choose, outcome: Outcome, now: Callable[[], datetime]
) -> int:
    """Write one receipt for each chosen record of a sync; nothing is sent.

    Args:
        settings: where the warehouse is.
        sync: whose records they are.
        choose: which.
        outcome: what the receipts say.
        now: the clock.

    Returns:
        How many there are.

    Raises:
        SyncLocked: the sync is being delivered.
        KindredError: there is no warehouse, or a table is missing.
    """
    with sync_lock(settings, sync.sync):
        record_left(settings, sync.sync, now)
        with connect(settings, read_only=True) as connection:
            tables = Tables.on(connection)
            clock = receipt_clock(tables, now)
            folder = new_folder(settings, Run(new_run_id(clock()), sync.sync, sync.destination, None), "-retry")
            records = _spool(tables, choose(tables, sync), folder)
        _note(folder, outcome, clock)
        record_folder(settings, folder, clock)
        return records


def _spool(tables: Tables, found: Any, folder: Folder) -> int:
    unsaid = {name: ibis.null("string") for name in SCHEMA.names if name not in found.columns}
    with writing(folder.records) as spooled:
        spooled.add(tables.stream(found.mutate(**unsaid).select(*SCHEMA.names)), _LINE_ROWS)
    return spooled.records


def _note(folder: Folder, outcome: Outcome, clock: Callable[[], datetime]) -> None:
    with journal(folder) as lines:
        for spooled in read_spool(folder.records):
            keys = [record.record_key for record in spooled.records]
            lines.note_answer(spooled, keys, [outcome] * len(keys), clock(), last=True)
