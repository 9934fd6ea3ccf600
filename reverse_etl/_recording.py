"""Receipts while a run sends, so that little is left to be recorded at its end.

Of a long run they go in by the row group. When less than a second of it is left, whatever is answered goes in as it
comes, and the warehouse is held until the run has ended, or for two seconds.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import duckdb

from reverse_etl._receipts import ROW_GROUP, ROWS_AT_ONCE, record_so_far
from reverse_etl._tables import Tables
from warehouse import KindredError, connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from reverse_etl._delivery import Delivery, Progress
    from reverse_etl._journal import Folder
    from warehouse import Settings

_LOG = logging.getLogger("kindred.reverse_etl")
_MODEST: Final = "set threads = 1; set memory_limit = '160MB'"  # what sends needs the rest
_NEAR_SECONDS: Final = 1.0
_HELD_SECONDS: Final = 2.0


@dataclass(frozen=True)
class Amount:
    """How much is recorded when.

    Attributes:
        records: how many the run sends.
        rows_at_once: how many answers are put into receipts together while it sends.
    """

    records: int
    rows_at_once: int


@contextmanager
def sending(
    settings: Settings, delivery: Delivery, folder: Folder, amount: Amount
) -> Iterator[tuple[Progress, Tables]]:
    """Send what a folder holds, and record what is answered meanwhile.

    When the warehouse has no turn for it just then, or nothing comes of it, that is left to the end of the run. Gives
    what came of it all, and the warehouse to write the rest, which is the run's until the block ends.
    """
    recorder = _Recorder(settings, delivery, folder, amount)
    thread = threading.Thread(target=recorder.work, daemon=True)
    thread.start()
    with recorder.turn as turn:
        try:
            sent = replace(delivery, advance=recorder.advance).send(folder)
        finally:
            recorder.end()
            thread.join()
        yield sent, recorder.tables or turn.enter_context(_modestly(connect(settings)))


@contextmanager
def _modestly(warehouse: AbstractContextManager[duckdb.DuckDBPyConnection]) -> Iterator[Tables]:
    with warehouse as connection:
        connection.execute(_MODEST)
        yield Tables.on(connection)


@dataclass
class _Recorder:
    """Counts answers in the thread that sends, and records them in its own.

    `news` guards the others: how many were answered, how many of them are in receipts, and how many were when it
    last began to record. If it has the warehouse when the run ends, it leaves it to whoever ended it: to close it is
    to pack what was written, and to open it again to read what is there.
    """

    settings: Settings
    delivery: Delivery
    folder: Folder
    amount: Amount
    began: float = field(default_factory=time.monotonic)
    news: threading.Condition = field(default_factory=threading.Condition)
    ended: bool = False
    answered: int = 0
    recorded: int = 0
    tried: int = 0
    turn: ExitStack = field(default_factory=ExitStack)
    tables: Tables | None = None

    def advance(self, records: int) -> None:
        """So many more were answered."""
        self._tell(records)
        self.delivery.advance(records)

    def end(self) -> None:
        """Nothing more will be answered."""
        self.ended = True
        self._tell(0)

    def _tell(self, records: int) -> None:
        with self.news:
            self.answered += records
            self.news.notify()

    def work(self) -> None:
        """Record whenever there is enough, until the run has ended."""
        while self._is_due():
            self.tried = self.answered
            if self._is_near_its_end():
                recorded = self._record(time.monotonic() + _HELD_SECONDS)
            else:
                recorded = self._record(0.0, max(1, (self.tried - self.recorded) // ROW_GROUP))
            self.recorded = min(self.recorded + recorded, self.answered)

    def _is_due(self) -> bool:
        with self.news:
            self.news.wait_for(lambda: self.ended or self._is_enough())
            return not self.ended

    def _is_enough(self) -> bool:
        # Where the warehouse had no turn, it is asked again when more was answered.
        waiting = self.answered - self.recorded if self.answered > self.tried else 0
        return waiting >= self.amount.rows_at_once or (waiting >= ROWS_AT_ONCE and self._is_near_its_end())

    def _is_near_its_end(self) -> bool:
        left, passed = self.amount.records - self.answered, time.monotonic() - self.began
        return left * passed < self.answered * _NEAR_SECONDS

    def _record(self, until: float, groups: int | None = None) -> int:
        """Record so many row groups of what was answered, or all of it and until a time what comes; says how much."""
        read, ended = self.answered, False

        def more() -> bool:
            nonlocal read, ended
            with self.news:
                left = until - time.monotonic()
                self.news.wait_for(lambda: self.ended or self.answered - read >= ROWS_AT_ONCE, timeout=max(left, 0.0))
                if ended or (left <= 0 and not self.ended):
                    return False
                read, ended = self.answered, self.ended  # after the end, all that is left is read once more
                return True

        try:
            with ExitStack() as turn:
                tables = turn.enter_context(_modestly(connect(self.settings, wait_seconds=0)))
                recorded = record_so_far(tables, self.folder, self.delivery.clock, more, groups)
                if ended:
                    self.tables = tables
                    self.turn.push(turn.pop_all())
        except (KindredError, duckdb.Error, OSError) as error:
            _LOG.debug("receipts of %s are left to its end: %s", self.delivery.run.sync, error)
            return 0
        return recorded
