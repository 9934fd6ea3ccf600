"""Receipts while a run sends: by the row group, so that little is left to be recorded at its end."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import duckdb

from reverse_etl._receipts import record_so_far
from reverse_etl._tables import Tables
from warehouse import KindredError, connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_etl._delivery import Delivery
    from reverse_etl._journal import Folder
    from warehouse import Settings

_LOG = logging.getLogger("kindred.reverse_etl")
_MODEST: Final = "set threads = 1; set memory_limit = '160MB'"  # what sends needs the rest


@contextmanager
def recording(settings: Settings, delivery: Delivery, folder: Folder, rows_at_once: int) -> Iterator[Delivery]:
    """The delivery; what is answered while the block runs goes into receipts, so many rows at once.

    When the warehouse has no turn for it just then, or nothing comes of it, that is left to the end of the run.
    """
    recorder = _Recorder(settings, delivery, folder, rows_at_once)
    thread = threading.Thread(target=recorder.work, daemon=True)
    thread.start()
    try:
        yield replace(delivery, advance=recorder.advance)
    finally:
        recorder.end()
        thread.join()


@dataclass
class _Recorder:
    """Counts answers in the thread that sends, and records them in its own."""

    settings: Settings
    delivery: Delivery
    folder: Folder
    rows_at_once: int
    due: threading.Event = field(default_factory=threading.Event)
    ended: bool = False
    answered: int = 0
    recorded: int = 0

    def advance(self, records: int) -> None:
        """So many more were answered."""
        self.answered += records
        if self.answered - self.recorded >= self.rows_at_once:
            self.due.set()
        self.delivery.advance(records)

    def end(self) -> None:
        """Nothing more will be answered."""
        self.ended = True
        self.due.set()

    def work(self) -> None:
        """Record whenever there is enough, until the run has ended."""
        while not self._ended_when_due():
            answered = self.answered
            if self._record():
                self.recorded = answered

    def _ended_when_due(self) -> bool:
        # The end is looked at after the event is cleared, so that it is never waited for in vain.
        self.due.wait()
        self.due.clear()
        return self.ended

    def _record(self) -> bool:
        try:
            with connect(self.settings, wait_seconds=0) as connection:
                connection.execute(_MODEST)
                record_so_far(Tables.on(connection), self.folder, self.delivery.clock)
        except (KindredError, duckdb.Error, OSError) as error:
            _LOG.debug("receipts of %s are left to its end: %s", self.delivery.run.sync, error)
            return False
        return True
