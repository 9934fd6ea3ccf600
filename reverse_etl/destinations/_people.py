"""What the destinations of people share: who of a batch can be told, and what an answer leaves open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from reverse_etl._errors import BatchRefused, StopDelivery
from reverse_etl._records import Outcome
from reverse_etl._redact import scrub
from reverse_etl.destinations._hashing import UnsayableError
from reverse_etl.destinations._http import ensure_answered
from reverse_etl.destinations._rows import NOT_SAID

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reverse_etl._records import Batch, Record
    from reverse_etl.destinations._contract import Response
    from reverse_etl.destinations._hashing import Field

NOTHING_LEFT: Final = "every identifier is empty"
_LONGEST: Final = 2_000  # characters; far more than is kept, so that what is cut off is never half a name
T = TypeVar("T")


@dataclass(frozen=True)
class Telling(Generic[T]):
    """How one record is told; who cannot be told is rejected without holding up the others of the batch.

    Attributes:
        tell: what the destination is told about a record; raises UnsayableError.
    """

    tell: Callable[[Record], T]

    def everybody(self, batch: Batch) -> list[T]:
        """What is told about those who can be told, in order.

        Raises:
            BatchRefused: nobody of the batch can be told.
        """
        told = [self._tried(record) for record in batch.records]
        sayable = [one for one in told if not isinstance(one, UnsayableError)]
        if not sayable:
            raise BatchRefused(str(told[0]))
        return sayable

    def outcomes(self, batch: Batch, answered: Sequence[Outcome]) -> list[Outcome]:
        """One outcome per record, given those of the records that were told; too few or too many say nothing."""
        told = [self._tried(record) for record in batch.records]
        fits = len(answered) == sum(not isinstance(one, UnsayableError) for one in told)
        said = iter(answered)
        return [
            Outcome("rejected", str(one)) if isinstance(one, UnsayableError) else (next(said) if fits else NOT_SAID)
            for one in told
        ]

    def all_alike(self, batch: Batch, outcome: Outcome) -> list[Outcome]:
        """One outcome per record, the same one for all who were told."""
        return self.outcomes(batch, [outcome] * len(self.everybody(batch)))

    def _tried(self, record: Record) -> T | UnsayableError:
        try:
            return self.tell(record)
        except UnsayableError as error:
            return error


def key_in(field: Field) -> Callable[[Record], str]:
    """A function that gives a record's key as a field wants it, and raises UnsayableError when nothing is left."""

    def key(record: Record) -> str:
        found = field(record.record_key)
        if not found:
            raise UnsayableError(NOTHING_LEFT)
        return found

    return key


def ensure(response: Response, advice: Mapping[int, str]) -> None:
    """Return if the status is a 2xx.

    Args:
        response: the answer.
        advice: what a person has to change, by the status that says so.

    Raises:
        DeliveryError: the one that says what to do.
        StopDelivery: a status that nobody but a person can do anything about.
    """
    if response.status in advice:
        raise StopDelivery(advice[response.status])
    ensure_answered(response)


def words(said: object) -> str:
    """A vendor's words, without the personal data that they may quote."""
    return scrub(str(said)[:_LONGEST])
