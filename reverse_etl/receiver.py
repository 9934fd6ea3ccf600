"""A webhook receiver for this machine: it verifies, holds what it is sent, and can be told to fail as vendors do.

    python -m reverse_etl receive --fail rate_limit=2*3 --fail error

It is meant for trying Kindred without an account, and for tests. It listens on 127.0.0.1 only.
"""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reverse_etl._receiver_faults import FAULTS, Fault
from reverse_etl._receiver_http import Received, Server, State
from reverse_etl._receiver_store import Store
from reverse_etl.destinations._contract import Secret
from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from warehouse import Settings

__all__ = ["DEFAULT_PORT", "FAULTS", "SECRET_VARIABLE", "Fault", "Received", "Receiver", "running"]

DEFAULT_PORT = 8711
SECRET_VARIABLE = "KINDRED_WEBHOOK_SECRET"  # noqa: S105 - a variable's name


@dataclass(frozen=True)
class Receiver:
    """A receiver that is listening.

    Attributes:
        url: where to POST.
        state: what its threads share.
    """

    url: str
    state: State

    @property
    def received(self) -> list[Received]:
        """Every request since it started, refused ones too."""
        return self.state.received

    def fail(self, *faults: Fault) -> None:
        """Answer the next requests so, one after the other, before being healthy again."""
        self.state.faults.extend(one for fault in faults for one in fault.each())

    def refuse(self, *keys: str, whole_batch: bool = True) -> None:
        """Refuse these keys from now on, and no others: with 400 for the batch that holds one, or in a 207."""
        self.state.refuses_whole_batch = whole_batch
        self.state.refused = frozenset(keys)

    def held(self, sync: str) -> dict[str, dict[str, Any]]:
        """Who is held for a sync: key to payload."""
        return self.state.store.held(sync)

    def wait(self) -> None:
        """Return when somebody interrupts the process."""
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            return


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
    state = State(Store.at(settings.home / "webhook" / "received.sqlite"), Secret(secret))
    server = _listen(port, state)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield Receiver(f"http://127.0.0.1:{server.server_port}/audiences", state)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _listen(port: int, state: State) -> Server:
    try:
        return Server(port, state)
    except OSError as error:
        raise KindredError(
            f"Port {port} cannot be listened on ({error.strerror}): choose another with --port."
        ) from error
