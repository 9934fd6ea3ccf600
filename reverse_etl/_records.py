"""What is sent, and what came of it: plain values that every part of the package passes around."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

Operation = Literal["add", "update", "remove"]
Verdict = Literal["accepted", "pending", "rejected", "retryable", "rate_limited", "unknown"]

REMOVALS: tuple[Operation, ...] = ("remove",)
ADDITIONS: tuple[Operation, ...] = ("add", "update")
VERDICTS: tuple[Verdict, ...] = ("accepted", "pending", "rejected", "retryable", "rate_limited", "unknown")


@dataclass(frozen=True)
class Record:
    """One line of `pending_records`: what one destination has still to be told about one key.

    Attributes:
        operation: add, update or remove.
        record_key: the key under which the destination knows the person; personal data.
        customer_id: whose record it is.
        permission_id: the consent that allows it; a removal needs none.
        payload: the fields as the text of a JSON object; None for a removal.
        payload_hash: changes when the payload does.
        previous_outcome: the verdict of the last receipt for this key, None if there is none.
    """

    operation: Operation
    record_key: str
    customer_id: str | None
    permission_id: str | None
    payload: str | None
    payload_hash: str | None
    previous_outcome: Verdict | None = None


@dataclass(frozen=True)
class Run:
    """One run of one sync.

    Attributes:
        run_id: sorts by the time at which the run started.
        sync: the name of the sync.
        destination: the name of its destination.
        build_id: the build of `desired_records` that is delivered.
        columns: the payload's fields, in the order of the sync model's columns.
    """

    run_id: str
    sync: str
    destination: str
    build_id: str | None
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Batch:
    """Records of one run that go out in one request; their keys are distinct."""

    run: Run
    records: tuple[Record, ...]

    def halves(self) -> tuple[Batch, Batch]:
        """The batch in two parts, in order."""
        middle = len(self.records) // 2
        return Batch(self.run, self.records[:middle]), Batch(self.run, self.records[middle:])


@dataclass(frozen=True)
class Outcome:
    """What a destination answered for one record.

    Attributes:
        verdict: accepted; pending (taken, confirmed later); rejected (not again until the payload changes); retryable
            (certainly not taken); rate_limited (not looked at); unknown (perhaps taken).
        reason: why, in the destination's words, without personal data; for pending the job to ask about.
    """

    verdict: Verdict
    reason: str | None = None


ACCEPTED = Outcome("accepted")


@dataclass(frozen=True)
class Receipt:
    """One destination's answer for one record, as it is appended to `activation.receipts`."""

    run: Run
    record: Record
    outcome: Outcome
    delivered_at: datetime
