"""Deliver one run: batches out, receipts in, nothing in between that a crash could lose."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reverse_etl._outgoing import Selection, pending, read_batches
from reverse_etl._receipts import append_receipts, settle_jobs, unrecorded
from reverse_etl._records import ADDITIONS, REMOVALS, Batch, Outcome, Receipt, Run
from reverse_etl._sender import Answer, Sender, deliver, pacemaker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from reverse_etl._journal import Journal
    from reverse_etl._plan import Scope
    from reverse_etl._records import Record
    from reverse_etl._tables import Sync, Tables
    from reverse_etl.destinations._contract import Destination

_LOG = logging.getLogger("kindred.reverse_etl")
_MOST_FAILED_IN_A_ROW = 3
_NO_PERMISSION = Outcome("retryable", "refused by the sender: it carries no permission")
_NEVER_RECORDED = Outcome("unknown", "the run ended before the answer was recorded")


@dataclass(frozen=True)
class Delivery:
    """Everything that delivering one run needs."""

    tables: Tables
    sync: Sync
    run: Run
    destination: Destination
    journal: Journal
    clock: Callable[[], datetime]
    receipt_ids: Iterator[str]

    def recover(self) -> None:
        """Put into receipts what an earlier run left open: requests in flight, and jobs that have ended since."""
        left = self.journal.left()
        if left:
            records = unrecorded(self.tables, left)
            self._append(Batch(left.run, records), (_NEVER_RECORDED,) * len(records))
            self.journal.clear()
        self.settle()

    def settle(self) -> None:
        """Ask about every job that is still open."""
        if self.destination.poll:
            settle_jobs(self.tables, self.sync.sync, self.destination.poll, self.clock)

    def send(self, scope: Scope, limit: int | None = None) -> str | None:
        """Send what is pending, removals first, each batch's receipts before the next batch; why it stopped, if it did.

        Raises:
            StopDelivery: the destination cannot be used at all.
        """
        with self.destination.connect() as transport:
            sender = Sender(self.destination, transport, pacemaker(self.destination.facts.requests_per_second))
            stopped = self._send_all(sender, self._batches(scope, limit))
            transport.finish()
        self.settle()
        return stopped

    def _send_all(self, sender: Sender, batches: Iterator[Batch]) -> str | None:
        failed, accepted = 0, False
        for batch in batches:
            answers = [answer for answer in self._send_one(sender, batch) if answer.is_last]
            outcomes = [outcome for answer in answers for outcome in answer.outcomes]
            accepted = accepted or any(outcome.verdict in {"accepted", "pending"} for outcome in outcomes)
            failed = failed + 1 if any(answer.failed for answer in answers) else 0
            stop = next((answer.stop for answer in answers if answer.stop), None)
            stop = stop or _reason_to_stop(outcomes, failed, accepted=accepted)
            if stop:
                _LOG.warning("%s stopped: %s", self.run.sync, stop)
                return stop
        return None

    def _send_one(self, sender: Sender, batch: Batch) -> Iterator[Answer]:
        allowed = tuple(record for record in batch.records if _may_be_sent(record))
        refused = tuple(record for record in batch.records if not _may_be_sent(record))
        if refused:
            self._append(Batch(self.run, refused), (_NO_PERMISSION,) * len(refused))
            yield Answer(Batch(self.run, refused), (_NO_PERMISSION,) * len(refused))
        if not allowed:
            return
        for answer in deliver(lambda part: self._noted(sender, part), Batch(self.run, allowed)):
            self._append(answer.batch, answer.outcomes)
            if answer.is_last:  # until then somebody in the batch has an answer that no receipt holds
                self.journal.clear()
            yield answer
            if answer.stop:
                return

    def _noted(self, sender: Sender, batch: Batch) -> Answer:
        if not self.destination.facts.staged:
            self.journal.note(batch)
        return sender(batch)

    def _append(self, batch: Batch, outcomes: tuple[Outcome, ...]) -> None:
        at = self.clock()
        pairs = zip(batch.records, outcomes, strict=True)
        receipts = [Receipt(batch.run, record, outcome, at) for record, outcome in pairs]
        append_receipts(self.tables, receipts, self.receipt_ids)

    def _batches(self, scope: Scope, limit: int | None) -> Iterator[Batch]:
        size = self.destination.facts.batch_size
        left = limit
        for operations in (REMOVALS, ADDITIONS) if scope == "everything" else (REMOVALS,):
            selection = Selection(
                operations,
                withdrawals_only=scope == "withdrawals",
                without_unknown=not self.destination.facts.idempotent,
            )
            for records in read_batches(self.tables, pending(self.tables, self.sync, selection), size):
                if left is not None and left <= 0:
                    return
                chosen = records[:left]
                left = None if left is None else left - len(chosen)
                yield Batch(self.run, chosen)


def _may_be_sent(record: Record) -> bool:
    return record.operation == "remove" or bool(record.permission_id)


def _reason_to_stop(outcomes: list[Outcome], failed: int, *, accepted: bool) -> str | None:
    if failed >= _MOST_FAILED_IN_A_ROW:
        return f"{failed} batches in a row had no answer"
    if not accepted and len(outcomes) > 1 and all(outcome.verdict == "rejected" for outcome in outcomes):
        return "every record of the first batch was rejected: the sync's payload is probably not what is expected"
    return None
