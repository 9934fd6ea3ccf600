"""Deliver one spool: batches out over several connections, every answer into the journal before anything else."""

from __future__ import annotations

import logging
from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from reverse_etl._account import account
from reverse_etl._errors import StopDelivery
from reverse_etl._journal import journal
from reverse_etl._records import Outcome
from reverse_etl._sender import Answer, Sender, deliver
from reverse_etl._spool import read_spool
from reverse_etl._undisturbed import one_core

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future
    from datetime import datetime
    from pathlib import Path

    from reverse_etl._journal import Folder, Journal
    from reverse_etl._records import Run, Verdict
    from reverse_etl._spool import Spooled
    from reverse_etl.destinations._contract import Destination

_LOG = logging.getLogger("kindred.reverse_etl")
_MOST_FAILED_IN_A_ROW: Final = 3
_VERDICT: Final = attrgetter("verdict")
_NO_PERMISSION: Final = Outcome("retryable", "refused by the sender: it carries no permission")


@dataclass(frozen=True)
class Told:
    """What came of one batch of a spool.

    Attributes:
        run_id: the run that sent them first.
        verdicts: records by the last word about them.
        failed: the destination did not answer record by record.
        stop: why nothing more should be sent; None to go on.
        asked: they were sent before, and only a question was.
    """

    run_id: str | None
    verdicts: Counter[Verdict]
    failed: bool
    stop: str | None
    asked: bool = False


@dataclass
class Progress:
    """How a run goes; changed by its main thread alone.

    Attributes:
        verdicts: records by the last word about them so far.
        stopped: why it stopped; None while it did not.
    """

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    stopped: str | None = None
    failed_in_a_row: int = 0

    def add(self, told: Told, *, ours: bool) -> None:
        """Take one batch into account; one that another run sent first is not counted."""
        if ours:
            self.verdicts.update(told.verdicts)
        self.failed_in_a_row = self.failed_in_a_row + 1 if told.failed else 0
        self.stopped = self.stopped or told.stop or self._reason_to_stop(told)

    @property
    def taken(self) -> int:
        """How many records were."""
        return self.verdicts["accepted"] + self.verdicts["pending"]

    def _reason_to_stop(self, told: Told) -> str | None:
        if self.failed_in_a_row >= _MOST_FAILED_IN_A_ROW:
            return f"{self.failed_in_a_row} batches in a row had no answer"
        rejected = 0 if told.asked else told.verdicts["rejected"]
        if not self.taken and rejected > 1 and rejected == told.verdicts.total():
            return "every record of the first batch was rejected: the sync's payload is probably not what is expected"
        return None


@dataclass(frozen=True)
class Delivery:
    """Everything that delivering one spool needs; it never touches the warehouse.

    Attributes:
        run: what the records belong to.
        destination: where they go.
        home: the home folder.
        clock: the time of answers.
        advance: called with the number of records whenever some have been answered.
    """

    run: Run
    destination: Destination
    home: Path
    clock: Callable[[], datetime]
    advance: Callable[[int], None] = lambda _records: None

    def send(self, folder: Folder) -> Progress:
        """Send what the folder's spool holds, removals first; what was answered is in its journal then."""
        progress = Progress()
        try:
            self._send(folder, progress)
        except StopDelivery as error:
            # The destination cannot be used at all, or not be finished: what it said before still counts.
            progress.stopped = str(error)
        if progress.stopped:
            _LOG.warning("%s stopped: %s", self.run.sync, progress.stopped)
        return progress

    def _send(self, folder: Folder, progress: Progress) -> None:
        with (
            one_core(),
            account(self.home, self.destination) as (turns, connections),
            self.destination.connect() as transport,
            journal(folder) as lines,
        ):
            batches = _Batches(self, Sender(self.destination, transport, turns), lines)
            for _removals, group in groupby(read_spool(folder.records), lambda one: one.is_removal):
                if not progress.stopped:
                    self._send_group(batches, group, connections, progress)
            transport.finish()

    def _send_group(self, batches: _Batches, group: Iterable[Spooled], connections: int, progress: Progress) -> None:
        # Additions begin when every removal has been answered: a key that changed leaves before its successor comes.
        with ThreadPoolExecutor(connections) as workers:
            waiting: deque[Future[Told]] = deque()
            for spooled in group:
                waiting.append(workers.submit(batches.deliver, spooled))
                # The first batch goes alone: a mistake in the sync would have every record rejected.
                if len(waiting) > (connections if progress.taken else 0):
                    self._add(progress, waiting.popleft())
                if progress.stopped:
                    break
            for future in waiting:
                self._add(progress, future)

    def _add(self, progress: Progress, future: Future[Told]) -> None:
        told = future.result()
        progress.add(told, ours=told.run_id in {None, self.run.run_id})
        self.advance(told.verdicts.total())


@dataclass(frozen=True)
class _Batches:
    """What a worker does with one batch."""

    delivery: Delivery
    sender: Sender
    lines: Journal

    def deliver(self, spooled: Spooled) -> Told:
        """Send one batch until there is a last word about each of its records, and keep every word."""
        verdicts: Counter[Verdict] = Counter()
        failed, stop = False, None
        for answer in self._answers(spooled):
            self._keep(spooled, answer)
            if answer.is_last:
                verdicts.update(map(_VERDICT, answer.outcomes))
                failed = failed or answer.failed
            if answer.stop:
                stop = answer.stop
                break
        run_id, job = (spooled.rows.column(name)[0].as_py() for name in ("run_id", "job"))
        return Told(run_id, verdicts, failed, stop, asked=job is not None)

    def _keep(self, spooled: Spooled, answer: Answer) -> None:
        if answer.outcomes:
            keys = [record.record_key for record in answer.batch.records]
            self.lines.note_answer(spooled, keys, answer.outcomes, self.delivery.clock(), last=answer.is_last)

    def _answers(self, spooled: Spooled) -> Iterator[Answer]:
        batch = spooled.batch(self.delivery.run)
        if batch.job is not None:
            # A question about a job that is refused says nothing about the people in it.
            yield _ended(self.sender(batch))
            return
        refused = [] if batch.is_removal else [record for record in batch.records if not record.permission_id]
        if refused:
            yield Answer(batch.of(refused), (_NO_PERMISSION,) * len(refused))
        if len(refused) == len(batch.records):
            return
        if not self.delivery.destination.facts.staged:
            self.lines.note_sent(spooled.number)
        allowed = batch.of(record for record in batch.records if record.permission_id) if refused else batch
        yield from deliver(self.sender, allowed)


def _ended(answer: Answer) -> Answer:
    # A job that runs, or about which nothing could be learnt, stays open: there is nothing to write down. One that has
    # ended without a word about somebody is over for them: unknown, and sent again where that is safe.
    known = () if answer.failed else answer.outcomes
    ended = [pair for pair in zip(answer.batch.records, known, strict=False) if pair[1].verdict != "pending"]
    records, outcomes = zip(*ended, strict=True) if ended else ((), ())
    return replace(answer, batch=answer.batch.of(records), outcomes=outcomes)
