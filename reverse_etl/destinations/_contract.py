"""What a destination is: pure functions in pairs, a few facts, and a way to reach it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    from reverse_etl._records import Batch, Held, Onward, Outcome, Run


@dataclass(frozen=True)
class Many:
    """How a destination takes many additions and updates of one run.

    Attributes:
        above: so many are not many yet.
        batch_size: the most records in one batch when there are more.
    """

    above: int
    batch_size: int


@dataclass(frozen=True)
class Facts:
    """What the sender has to know about a destination.

    Attributes:
        batch_size: the most records in one request.
        max_bytes: the largest body.
        idempotent: the same request twice leaves what one leaves, so that it may be sent again after a lost answer.
        identifiers: the key types that it accepts; None for every one.
        personal_data: whether keys are sent as they are or hashed.
        requests_per_second: the most requests a second; None for no limit.
        requests_per_minute: the most requests in any minute; None for no limit.
        connections: the most requests at the same time.
        staged: nothing takes effect before the transport's `finish`.
        many: how additions go where there are many, if that is another way; removals go as ever.
    """

    batch_size: int
    max_bytes: int
    idempotent: bool
    identifiers: frozenset[str] | None
    personal_data: Literal["plain", "hashed"]
    requests_per_second: float | None = None
    requests_per_minute: float | None = None
    connections: int = 4
    staged: bool = False
    many: Many | None = None


@dataclass(frozen=True)
class Patience:
    """How long to keep trying.

    Attributes:
        attempts: how often one batch is sent before its records are left to the next run.
        first_wait_seconds: before the second attempt; doubled each time, with jitter.
        longest_wait_seconds: the most between two attempts.
        rate_limit_wait_seconds: how long one batch may be held up by rate limits, which are not attempts.
        job_wait_seconds: how long a run waits for its jobs to end; a later run asks about the others.
    """

    attempts: int = 5
    first_wait_seconds: float = 0.5
    longest_wait_seconds: float = 30.0
    rate_limit_wait_seconds: float = 300.0
    job_wait_seconds: float = 60.0


@dataclass(frozen=True)
class Request:
    """What is sent: for HTTP as the names say; a file destination reads `url` as the file's name."""

    method: str
    url: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Response:
    """What came back; header names are lower case.

    Attributes:
        more: the pages after the first, where a step's `next_page` asked for them.
        url: the address that was asked. Its fragment never leaves this machine: a reader keeps there what it has to
            remember from one page to the next.
    """

    status: int
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    more: tuple[Response, ...] = ()
    url: str = field(default="", repr=False)


@dataclass(frozen=True)
class Step:
    """One request about a batch and the reading of its answer, both pure.

    A change is one step at most destinations. Where it takes more (write the contact, then put it on the list) the
    records that a step answers with `Onward` go to the next one, and every other outcome is the last word about its
    record. A batch that is sent again starts with the first step.

    Attributes:
        build_request: raises BatchRefused for records that it cannot say.
        parse_response: one answer per record in the batch's order, or an error of `reverse_etl._errors`.
        next_page: the request for the rest of an answer that comes in pages; None when it was the last one.
        needed: whether a batch takes this step at all, as a look-up of ids does not that receipts already hold.
    """

    build_request: Callable[[Batch], Request]
    parse_response: Callable[[Batch, Response], Sequence[Outcome | Onward]]
    next_page: Callable[[Request, Response], Request | None] = lambda _request, _response: None
    needed: Callable[[Batch], bool] = lambda _batch: True


@dataclass(frozen=True)
class Reader:
    """How to read what a destination holds, page by page.

    Attributes:
        build_request: the request for the page at a cursor, the first one at None.
        parse_response: what the page holds, and the cursor of the next one, None after the last.
    """

    build_request: Callable[[str | None], Request]
    parse_response: Callable[[Response], tuple[list[Held], str | None]]


class Transport(Protocol):
    """The one place that talks to the outside."""

    def send(self, request: Request) -> Response:
        """One attempt; raises a DeliveryError when there is no answer."""

    def finish(self) -> None:
        """Everything was sent: let it take effect."""


def unsigned(request: Request, _at: datetime) -> Request:
    """The request as it is: for destinations that need no signature."""
    return request


@dataclass(frozen=True)
class Destination:
    """A place that audiences are delivered to.

    Attributes:
        name: as in destinations.toml.
        facts: what the sender has to know.
        patience: how long to keep trying.
        add: the steps that write additions and updates.
        remove: the steps that take people out; they never unsubscribe, archive or delete a person.
        connect: opens the transport for one run; workers share it.
        account: those that count against one limit have the same one; empty for the destination's own name.
        authorise: pure; signs a request for the moment at which it leaves.
        poll: the steps that ask what became of `batch.job`, which some outcome `pending` named; none where nothing is.
        read: how to read back what is held; None where that is not possible.
    """

    name: str
    facts: Facts
    patience: Patience
    add: tuple[Step, ...]
    remove: tuple[Step, ...]
    connect: Callable[[], AbstractContextManager[Transport]]
    account: str = field(default="", repr=False)
    authorise: Callable[[Request, datetime], Request] = unsigned
    poll: tuple[Step, ...] = ()
    read: Reader | None = None

    def steps(self, batch: Batch) -> tuple[Step, ...]:
        """The steps that a batch takes."""
        removal_or_addition = self.remove if batch.is_removal else self.add
        steps = removal_or_addition if batch.job is None else self.poll
        return tuple(step for step in steps if step.needed(batch))


@dataclass(frozen=True)
class Secret:
    """A value that is never printed."""

    value: str = field(repr=False)


@dataclass(frozen=True)
class Configured:
    """One table of destinations.toml, checked.

    Attributes:
        name: the table's name.
        kind: what sort of destination it is.
        settings: an instance of the kind's settings class.
        secrets: by field name without `_env`; empty until they are needed.
    """

    name: str
    kind: Kind
    settings: Any
    secrets: Mapping[str, Secret] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind:
    """A sort of destination: everything that `destinations.toml` and the run need to make one.

    Attributes:
        settings: a frozen dataclass; a field whose name ends in `_env` names a variable that holds a secret,
            and an empty one none.
        problems: what is wrong with settings whose types are right, as (field, sentence) pairs.
        open: the destination for one run; the path is the home folder.
    """

    settings: type[Any]
    problems: Callable[[Any], list[tuple[str, str]]]
    open: Callable[[Configured, Run, Path], Destination]
