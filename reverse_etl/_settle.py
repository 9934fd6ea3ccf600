"""What runs left open: journals that are not in the warehouse yet, and jobs that had not ended."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Final

from reverse_etl._dead_runs import append_dead_run
from reverse_etl._errors import SyncLocked
from reverse_etl._journal import folders_left, new_folder, syncs_with_folders
from reverse_etl._lock import sync_lock
from reverse_etl._outgoing import spool_jobs
from reverse_etl._receipts import receipt_clock, record
from reverse_etl._tables import Tables
from warehouse import connect

if TYPE_CHECKING:
    from collections.abc import Callable

    from reverse_etl._delivery import Delivery
    from reverse_etl._journal import Folder
    from reverse_etl._records import Verdict
    from warehouse import Settings

_FIRST_WAIT_SECONDS: Final = 0.5
_LONGEST_WAIT_SECONDS: Final = 15.0


def recover(settings: Settings) -> list[str]:
    """Put into receipts what runs that died left behind, so that whoever reads receipts next sees it.

    Returns the syncs of which something was found; one that is being delivered just now is left alone.

    Raises:
        KindredError: a journal cannot be read.
    """
    found = []
    for sync in syncs_with_folders(settings):
        try:
            with sync_lock(settings, sync):
                record_left(settings, sync, lambda: datetime.now(UTC))
        except SyncLocked:
            continue
        found.append(sync)
    return found


def record_left(settings: Settings, sync: str, now: Callable[[], datetime]) -> None:
    """Put into receipts what dead runs of a sync left behind, and a line for each; its lock must be held.

    Raises:
        KindredError: a journal cannot be read.
    """
    for folder in folders_left(settings, sync):
        with connect(settings) as connection:
            tables = Tables.on(connection)
            # What is unknown of the dead is the last word, even where the clock went back since the one before.
            record(tables, folder, receipt_clock(tables, now))
            if folder.answers.exists() and folder.path.name == folder.run.run_id:  # jobs and retries have no line
                append_dead_run(tables, folder)
        folder.remove()


def record_folder(settings: Settings, folder: Folder, now: Callable[[], datetime]) -> None:
    """Put one journal into receipts, and remove it."""
    with connect(settings) as connection:
        record(Tables.on(connection), folder, now)
    folder.remove()


def settle(settings: Settings, delivery: Delivery, wait_seconds: float) -> Counter[Verdict]:
    """Ask about every open job of the sync until all have ended or the time is up, and keep what became of them.

    Returns the records of the delivery's own run whose job ended, by verdict.
    """
    settled: Counter[Verdict] = Counter()
    if not delivery.destination.poll:
        return settled
    deadline = time.monotonic() + wait_seconds
    for round_ in count(1):
        folder = new_folder(settings, delivery.run, f"-jobs-{time.time_ns()}")
        with connect(settings, read_only=True) as connection:
            left = spool_jobs(Tables.on(connection), delivery.run.sync, folder.records)
        if not left:
            folder.remove()
            return settled
        sent = delivery.send(folder)
        settled += sent.verdicts
        record_folder(settings, folder, delivery.clock)
        wait = min(_FIRST_WAIT_SECONDS * 2**round_, _LONGEST_WAIT_SECONDS)
        if sent.stopped or time.monotonic() + wait > deadline:
            return settled
        time.sleep(wait)
    return settled
