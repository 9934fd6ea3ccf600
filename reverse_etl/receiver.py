"""A webhook receiver for this machine: it verifies, holds what it is sent, and can be told to fail as vendors do.

    python -m reverse_etl receive --fail rate_limit=2*3 --fail error

It is meant for trying Kindred without an account, and for tests. It listens on 127.0.0.1 only.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reverse_etl.fakes._faults import FAULTS, Fault
from reverse_etl.fakes._server import serving
from reverse_etl.fakes._webhook_store import Store
from reverse_etl.fakes.webhook import REPLAYED, WebhookFake, operations, sync_of
from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reverse_etl.fakes import Call, Reply, Serving
    from warehouse import Settings

__all__ = ["DEFAULT_PORT", "FAULTS", "SECRET_VARIABLE", "Fault", "Received", "Receiver", "running"]

DEFAULT_PORT = 8711
SECRET_VARIABLE = "KINDRED_WEBHOOK_SECRET"  # noqa: S105 - a variable's name


@dataclass(frozen=True)
class Received:
    """One request as it came in, without personal data.

    Attributes:
        sync: what it was for.
        operations: how many records and of which operation, in order.
        status: what was answered; 0 when the connection was closed without an answer.
        replayed: the idempotency key had been answered before.
    """

    sync: str
    operations: tuple[str, ...]
    status: int
    replayed: bool

    @classmethod
    def of(cls, call: Call, reply: Reply | None) -> Received:
        """What there is to say of a request and its answer."""
        done = tuple(element["operation"] for element in operations(call) or ())
        status, headers = (reply.status, reply.headers) if reply else (0, {})
        return cls(sync_of(call), done, status, headers.items() >= REPLAYED.items())


@dataclass(frozen=True)
class Receiver:
    """A receiver that is listening.

    Attributes:
        serving: the server and how it fails.
        fake: what it holds and refuses.
    """

    serving: Serving
    fake: WebhookFake

    @property
    def url(self) -> str:
        """Where to POST."""
        return f"{self.serving.url}/audiences"

    @property
    def received(self) -> list[Received]:
        """Every request since it started, refused ones too."""
        return [Received.of(call, reply) for call, reply in list(self.serving.seen)]

    def fail(self, *faults: Fault) -> None:
        """Answer the next requests so, one after the other, before being healthy again."""
        self.serving.fail(*faults)

    def refuse(self, *keys: str, whole_batch: bool = True) -> None:
        """Refuse these keys from now on, and no others: with 400 for the batch that holds one, or in a 207."""
        self.fake.refuses_whole_batch = whole_batch
        self.fake.refused = frozenset(keys)

    def held(self, sync: str) -> dict[str, dict[str, Any]]:
        """Who is held for a sync: key to payload."""
        return self.fake.store.held(sync)


@contextmanager
def running(
    settings: Settings, *, port: int = DEFAULT_PORT, environment: Mapping[str, str] | None = None
) -> Iterator[Receiver]:
    """A receiver that listens while the block runs.

    Args:
        settings: its store lies in `webhook/` of the home folder.
        port: of 127.0.0.1; 0 takes a free one.
        environment: where the secret is read from, by default the process's.

    Raises:
        KindredError: there is no secret, or the port is taken.
    """
    secret = (os.environ if environment is None else environment).get(SECRET_VARIABLE)
    if not secret:
        raise KindredError(f"{SECRET_VARIABLE} is missing from the environment: set it to the secret that signs.")
    fake = WebhookFake(token=secret, store=Store.at(settings.home / "webhook" / "received.sqlite"))
    with serving(fake, port) as listening:
        yield Receiver(listening, fake)
