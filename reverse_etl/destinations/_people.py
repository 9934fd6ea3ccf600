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
class Told(Generic[T]):
    """What a destination is told about each record of a batch; who cannot be told is rejected beside the others.

    Attributes:
        each: for every record, in order, what is told about it, or why nothing can be.
    """

    each: tuple[T | UnsayableError, ...]

    def everybody(self) -> list[T]:
        """What is told about those who can be told, in order.

        Raises:
            BatchRefused: nobody of the batch can be told.
        """
        sayable = [one for one in self.each if not isinstance(one, UnsayableError)]
        if not sayable:
            raise BatchRefused(str(self.each[0]))
        return sayable

    def outcomes(self, answered: Sequence[Outcome]) -> list[Outcome]:
        """One outcome per record, given those of the records that were told; too few or too many say nothing."""
        if len(answered) != len(self.everybody()):
            return self.all_alike(NOT_SAID)
        said = iter(answered)
        return [_rejected(one) if isinstance(one, UnsayableError) else next(said) for one in self.each]

    def all_alike(self, outcome: Outcome) -> list[Outcome]:
        """One outcome per record, the same one for all who were told."""
        return [_rejected(one) if isinstance(one, UnsayableError) else outcome for one in self.each]


def told(batch: Batch, tell: Callable[[Record], T]) -> Told[T]:
    """What a destination is told about a batch; `tell` says it of one record and may raise UnsayableError."""
    return Told(tuple(_tried(tell, record) for record in batch.records))


def _tried(tell: Callable[[Record], T], record: Record) -> T | UnsayableError:
    try:
        return tell(record)
    except UnsayableError as error:
        return error


def _rejected(error: UnsayableError) -> Outcome:
    return Outcome("rejected", str(error))


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
