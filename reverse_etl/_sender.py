"""Send one batch until there is an answer for each of its records: retries, rate limits, halving."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    retry_if_exception_type,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)

from reverse_etl._errors import AnswerLost, BatchRefused, DeliveryError, RateLimited, RetryLater, StopDelivery
from reverse_etl._records import Batch, Onward, Outcome
from reverse_etl._redact import scrub

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from reverse_etl._records import Held, Record
    from reverse_etl.destinations._contract import Destination, Patience, Reader, Request, Response, Step, Transport

_T = TypeVar("_T")
_EXTERNAL_ID = attrgetter("external_id")
_NOT_SAID = Outcome("unknown", "the destination did not say what became of this record")


@dataclass(frozen=True)
class Answer:
    """What came of one batch.

    Attributes:
        batch: the records that were sent together.
        outcomes: one per record, in order; empty when the batch was refused as a whole.
        failed: the destination did not answer record by record; every outcome says the same.
        stop: why no further batch should be sent; None to go on.
        refused: why the batch was refused as a whole; None if it was not.
        lost: what happened to an earlier attempt whose answer was lost; None if none was.
        is_last: nothing more will be said about these records.
    """

    batch: Batch
    outcomes: tuple[Outcome, ...] = ()
    failed: bool = False
    stop: str | None = None
    refused: str | None = None
    lost: str | None = None
    is_last: bool = True


def deliver(send: Callable[[Batch], Answer], batch: Batch) -> Iterator[Answer]:
    """Send a batch; one that is refused as a whole is halved, down to the record that is to blame.

    A record that is refused after an attempt whose answer was lost may have been taken by that attempt. It is said to
    be unknown first, so that it is not forgotten when the person leaves.
    """
    answer = send(batch)
    if answer.lost:
        yield from _perhaps_taken(answer, answer.lost)
    if answer.refused is None:
        yield answer
    elif len(batch.records) > 1:
        for half in batch.halves():
            yield from deliver(send, half)
    else:
        yield Answer(batch, _scrubbed(batch, [Outcome("rejected", answer.refused)]))


def _perhaps_taken(answer: Answer, lost: str) -> Iterator[Answer]:
    outcomes = answer.outcomes or (Outcome("rejected"),) * len(answer.batch.records)
    said_no = [
        record
        for record, outcome in zip(answer.batch.records, outcomes, strict=True)
        if outcome.verdict not in {"accepted", "unknown"}
    ]
    if said_no:
        batch = replace(answer.batch, records=tuple(said_no))
        yield Answer(batch, (Outcome("unknown", lost),) * len(said_no), is_last=False)


class Turns(Protocol):
    """When requests may leave."""

    def turn(self) -> None:
        """Return when the next one may."""

    def pause(self, seconds: float) -> None:
        """None may for so long."""


@dataclass(frozen=True)
class Sender:
    """Sends batches to one destination over one transport.

    Attributes:
        turns: keeps the rate of the destination's account.
    """

    destination: Destination
    transport: Transport
    turns: Turns

    def __call__(self, batch: Batch) -> Answer:
        """The answer for a batch; once patience is at its end, what is known without one."""
        lost: list[str] = []

        def once() -> Sequence[Outcome]:
            try:
                return self._exchange(self.destination.steps(batch), batch)
            except AnswerLost as error:
                lost.append(str(error))
                raise

        try:
            outcomes = self._patiently(once, idempotent=self.destination.facts.idempotent)
        except BatchRefused as refusal:
            return Answer(batch, refused=str(refusal), lost=_last(lost))
        except (RetryLater, AnswerLost, StopDelivery) as error:
            return _unanswered(batch, error, _last(lost))
        return Answer(batch, _scrubbed(batch, outcomes), lost=_last(lost))

    def read(self, reader: Reader) -> Iterator[list[Held]]:
        """What the destination holds, page by page.

        Raises:
            DeliveryError: patience is at its end.
            StopDelivery: the destination cannot be used at all.
        """
        cursor: str | None = None
        while True:
            request = reader.build_request(cursor)
            page, cursor = self._patiently(partial(self._read, reader, request), idempotent=True)
            yield page
            if cursor is None:
                return

    def _read(self, reader: Reader, request: Request) -> tuple[list[Held], str | None]:
        return reader.parse_response(self._send(request))

    def _patiently(self, once: Callable[[], _T], *, idempotent: bool) -> _T:
        patience = self.destination.patience
        # A rate limit is waited out inside one attempt, so that it is never counted as one.
        within = Retrying(
            retry=retry_if_exception_type(RateLimited),
            stop=stop_before_delay(patience.rate_limit_wait_seconds),
            wait=_wait(patience, most=float("inf")),
            before_sleep=self._pause_everybody,
            reraise=True,
        )
        attempts = Retrying(
            retry=retry_if_exception(lambda error: _worth_another(error, idempotent=idempotent)),
            stop=stop_after_attempt(patience.attempts),
            wait=_wait(patience, most=patience.rate_limit_wait_seconds),
            reraise=True,
        )
        found: _T = attempts(within, once)
        return found

    def _pause_everybody(self, state: RetryCallState) -> None:
        if state.next_action:
            self.turns.pause(state.next_action.sleep)

    def _exchange(self, steps: Sequence[Step], batch: Batch) -> Sequence[Outcome]:
        if not steps:
            return [_NOT_SAID] * len(batch.records)
        told = _named(self._ask(steps[0], batch), batch.records)
        going = {place: answer for place, answer in enumerate(told) if isinstance(answer, Onward)}
        if going:
            told = list(told)
            on = (batch.records[place]._replace(external_id=answer.external_id) for place, answer in going.items())
            onward = replace(batch.of(on), job=next(iter(going.values())).job or batch.job)
            for place, outcome in zip(going, self._exchange(steps[1:], onward), strict=True):
                told[place] = outcome
        return cast("Sequence[Outcome]", told)

    def _ask(self, step: Step, batch: Batch) -> Sequence[Outcome | Onward]:
        request = step.build_request(batch)
        answers = step.parse_response(batch, self._all_pages(step, request))
        if len(answers) != len(batch.records):
            raise AnswerLost(f"{len(answers)} outcomes for {len(batch.records)} records")
        return answers

    def _all_pages(self, step: Step, request: Request) -> Response:
        first = page = self._send(request)
        more: list[Response] = []
        while following := step.next_page(request, page):
            page = self._send(following)
            more.append(page)
        return replace(first, more=tuple(more)) if more else first

    def _send(self, request: Request) -> Response:
        if len(request.body) > self.destination.facts.max_bytes:
            raise BatchRefused(f"larger than {self.destination.facts.max_bytes} bytes")
        self.turns.turn()
        return self.transport.send(self.destination.authorise(request, datetime.now(UTC)))


def _worth_another(error: BaseException, *, idempotent: bool) -> bool:
    if isinstance(error, AnswerLost):
        return idempotent
    return isinstance(error, RetryLater) and not isinstance(error, RateLimited)


def _wait(patience: Patience, *, most: float) -> Callable[[RetryCallState], float]:
    jittered = wait_random_exponential(patience.first_wait_seconds, patience.longest_wait_seconds)

    def seconds(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.wait_seconds if isinstance(error, DeliveryError) else None
        return jittered(state) if asked is None else min(asked, most)

    return seconds


def _unanswered(batch: Batch, error: Exception, lost: str | None) -> Answer:
    # One lost answer is enough: that request may have been carried out, whatever the later ones said.
    limited = isinstance(error, RateLimited)
    not_taken = Outcome("rate_limited" if limited else "retryable", str(error))
    outcome = Outcome("unknown", lost) if lost else not_taken
    stop = str(error) if limited or isinstance(error, StopDelivery) else None
    return Answer(batch, (outcome,) * len(batch.records), failed=True, stop=stop)


def _last(said: list[str]) -> str | None:
    return said[-1] if said else None


def _named(answers: Sequence[Outcome | Onward], records: Collection[Record]) -> Sequence[Outcome | Onward]:
    # What a destination called a record once, it calls it still.
    if not any(map(_EXTERNAL_ID, records)):
        return answers
    return [
        answer if answer.external_id or not record.external_id else replace(answer, external_id=record.external_id)
        for answer, record in zip(answers, records, strict=True)
    ]


def _scrubbed(batch: Batch, outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    said = {outcome.reason for outcome in outcomes if outcome.reason and outcome.verdict != "pending"}
    if not said:
        return tuple(outcomes)
    keys = tuple(record.record_key for record in batch.records)
    clean = {reason: scrub(reason, keys) for reason in said}
    return tuple(
        outcome if outcome.verdict == "pending" else replace(outcome, reason=clean.get(outcome.reason or ""))
        for outcome in outcomes
    )
