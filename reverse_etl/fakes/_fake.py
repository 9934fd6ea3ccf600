"""What a fake destination is: state, the vendor's rules, and the ways in which it can be told to fail."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Call:
    """One request as it came in; header names are lower case, the path has no query.

    Attributes:
        query: the last value of each parameter, decoded.
        url: path and query as they were sent, for checks against the vendor's specification.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    url: str = field(default="", repr=False)

    def json(self) -> Any:
        """The body, read.

        Raises:
            ValueError: it is no JSON.
        """
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """What is answered; a body that is not bytes goes out as JSON, None as no body at all."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        """The body's bytes."""
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class Fake(ABC):
    """A destination on this machine. It enforces the vendor's limits and answers in the vendor's words.

    `serving` asks it for one answer at a time, so that a fake needs no locks of its own.

    Attributes:
        token: the credential that it takes.
        refused: keys that it refuses one by one, in the vendor's way (207, `errors[]`, an import error …).
        refuses_whole_batch: one refused key fails the whole request, where the vendor does that (409, 400).
        job_polls: how often a job is asked about before it has ended; None for jobs that never end.
    """

    token: str = field(default="a token for tests", repr=False)  # the webhook's is a real secret
    refused: frozenset[str] = frozenset()
    refuses_whole_batch: bool = False
    job_polls: int | None = 1

    @abstractmethod
    def answer(self, call: Call) -> Reply:
        """Carry out one request, or say in the vendor's words why not."""

    @abstractmethod
    def held(self) -> Mapping[str, Mapping[str, Any]]:
        """Who is in the audience: the key as it was sent (a hash where only a hash was), and the fields."""

    def answer_in_part(self, call: Call, verdict: str) -> Reply:
        """Carry out every second record of a request; the verdict is what becomes of the others."""
        raise NotImplementedError

    def hold(self, people: Mapping[str, Mapping[str, Any]]) -> None:
        """Put people there as if somebody else had written them."""
        raise NotImplementedError
