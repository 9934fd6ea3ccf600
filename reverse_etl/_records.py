"""What is sent, and what came of it: plain values that every part of the package passes around."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Operation = Literal["add", "update", "remove"]
Verdict = Literal["accepted", "pending", "rejected", "retryable", "rate_limited", "unknown"]

REMOVALS: tuple[Operation, ...] = ("remove",)
ADDITIONS: tuple[Operation, ...] = ("add", "update")
_RUN_TIME = "%Y%m%dT%H%M%S%fZ"
VERDICTS: tuple[Verdict, ...] = ("accepted", "pending", "rejected", "retryable", "rate_limited", "unknown")


class Record(NamedTuple):
    """One line of `pending_records`: what one destination has still to be told about one key.

    Attributes:
        operation: add, update or remove.
        record_key: the key under which the destination knows the person; personal data.
        customer_id: whose record it is.
        permission_id: the consent that allows it; a removal needs none.
        payload: the fields as the text of a JSON object; None for a removal.
        payload_hash: changes when the payload does.
        previous_outcome: the verdict of the last receipt for this key, None if there is none.
        external_id: what the destination itself calls the record, where it once said so.
    """

    operation: Operation
    record_key: str
    customer_id: str | None
    permission_id: str | None
    payload: str | None
    payload_hash: str | None
    previous_outcome: Verdict | None = None
    external_id: str | None = None

    def fields(self) -> dict[str, Any]:
        """The payload, read: text, whole numbers, decimals, booleans, and null for a field to be cleared."""
        found: dict[str, Any] = json.loads(self.payload or "{}", parse_float=Decimal)
        return found


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


def new_run_id(started: datetime) -> str:
    """A name for a run that started at a moment in UTC; such names sort by time, and `started_at` reads it."""
    return f"{started:{_RUN_TIME}}-{secrets.token_hex(4)}"


def started_at(run_id: str) -> datetime:
    """When a run of this name started."""
    return datetime.strptime(run_id.partition("-")[0], _RUN_TIME).replace(tzinfo=UTC)


@dataclass(frozen=True)
class Batch:
    """Records of one run that go out together, all removals or none; their keys are distinct.

    Attributes:
        run: what they belong to.
        records: in the order of the outcomes.
        job: the job that is asked about, when the records wait for one.
    """

    run: Run
    records: tuple[Record, ...]
    job: str | None = None

    @property
    def is_removal(self) -> bool:
        """Whether its people leave."""
        return self.records[0].operation == "remove"

    def of(self, records: Iterable[Record]) -> Batch:
        """The same batch with other records."""
        return replace(self, records=tuple(records))

    def halves(self) -> tuple[Batch, Batch]:
        """The batch in two parts, in order."""
        middle = len(self.records) // 2
        return self.of(self.records[:middle]), self.of(self.records[middle:])


@dataclass(frozen=True)
class Outcome:
    """What a destination answered for one record.

    Attributes:
        verdict: accepted; pending (taken, confirmed later); rejected (not again until the payload changes); retryable
            (certainly not taken); rate_limited (not looked at); unknown (perhaps taken).
        reason: why, in the destination's words, without personal data; for pending the job to ask about.
        external_id: what the destination calls the record, if it says so.
    """

    verdict: Verdict
    reason: str | None = None
    external_id: str | None = None


ACCEPTED = Outcome("accepted")


@dataclass(frozen=True)
class Onward:
    """A step said all that it can about a record: the next step goes on with it.

    Attributes:
        external_id: what the destination calls the record, where the step found out.
        job: the job that the step began for the batch, which the next steps find as `batch.job`.
    """

    external_id: str | None = None
    job: str | None = None


ONWARD = Onward()


@dataclass(frozen=True)
class Held:
    """One record that a destination says it holds, as `kindred reconcile` reads it.

    Attributes:
        record_key: the key as it was sent; hashed where the destination only knows the hash.
        fields: the payload's fields as the destination holds them; None where it does not show them.
    """

    record_key: str
    fields: Mapping[str, object] | None = None


@dataclass(frozen=True)
class Receipt:
    """One destination's answer for one record, as it is appended to `activation.receipts`."""

    run: Run
    record: Record
    outcome: Outcome
    delivered_at: datetime
