"""Receipts that a person writes: what no destination says by itself, in the words of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import ibis

from reverse_etl._journal import journal, new_folder
from reverse_etl._lock import sync_lock
from reverse_etl._receipts import receipt_clock
from reverse_etl._records import Run, new_run_id
from reverse_etl._settle import record_folder, record_left
from reverse_etl._spool import SCHEMA, read_spool, writing
from reverse_etl._tables import Tables
from warehouse import connect

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from reverse_etl._journal import Folder
    from reverse_etl._records import Outcome
    from reverse_etl._tables import Sync
    from warehouse import Settings

_LINE_ROWS: Final = 10_000


def answer_by_hand(
    settings: Settings, sync: Sync, choose: Callable[[Tables], Any], outcome: Outcome, now: Callable[[], datetime]
) -> int:
    """Write one receipt for each chosen record; nothing is sent.

    Args:
        settings: where the warehouse is.
        sync: whose records they are.
        choose: makes the expression of the records, with columns of a spool.
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
            records = _spool(tables, choose(tables), folder)
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
