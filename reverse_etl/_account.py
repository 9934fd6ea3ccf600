"""What one account at a destination bears: shared by the workers of a run and by every other run on this machine.

    <home>/accounts/<account>.due      the time before which no request may leave
                    <account>.<n>      held by whoever uses the n-th connection

The kernel lets go of both when a process dies.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reverse_etl.destinations._contract import Destination, Facts

_POLL_SECONDS: Final = 0.05
_TEXT_BYTES: Final = 32


@dataclass(frozen=True)
class Account:
    """The turns of one account.

    Attributes:
        path: the file with the time.
        file: an open descriptor of it, for reading.
        gap_seconds: between two requests; 0 for no limit.
    """

    path: Path
    file: int
    gap_seconds: float

    def turn(self) -> None:
        """Return when the next request may leave."""
        if not self.gap_seconds:
            while (wait := self._due() - time.time()) > 0:
                time.sleep(wait)
            return
        with self._alone():
            at = max(self._due(), time.time())
            self._set(at + self.gap_seconds)
        time.sleep(max(0.0, at - time.time()))

    def pause(self, seconds: float) -> None:
        """Let nobody's request leave for so long: the destination asked to slow down."""
        with self._alone():
            self._set(max(self._due(), time.time() + seconds))

    def _due(self) -> float:
        text = os.pread(self.file, _TEXT_BYTES, 0).strip()
        return float(text) if text else 0.0

    def _set(self, at: float) -> None:
        os.pwrite(self.file, f"{at:.6f}".ljust(_TEXT_BYTES).encode(), 0)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        # Each thread opens the file for itself: through one descriptor they would share the lock.
        descriptor = os.open(self.path, os.O_RDWR)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


@contextmanager
def account(home: Path, destination: Destination) -> Iterator[tuple[Account, int]]:
    """The account of a destination, and how many connections this run may use: at least one, once there is one.

    Args:
        home: the home folder.
        destination: its `account` says who shares it.
    """
    folder = home / "accounts"
    folder.mkdir(parents=True, exist_ok=True)
    name = destination.account or destination.name
    with ExitStack() as held:
        path = folder / f"{name}.due"
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        held.callback(os.close, file)
        connections = _connections(held, folder, name, destination.facts.connections)
        yield Account(path, file, _gap(destination.facts)), connections


def _gap(facts: Facts) -> float:
    a_second, a_minute = facts.requests_per_second, facts.requests_per_minute
    return max(1 / a_second if a_second else 0.0, 60 / a_minute if a_minute else 0.0)


def _connections(held: ExitStack, folder: Path, name: str, most: int) -> int:
    while True:
        taken = sum(_take(held, folder / f"{name}.{number}") for number in range(most))
        if taken:
            return taken
        time.sleep(_POLL_SECONDS)


def _take(held: ExitStack, path: Path) -> bool:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return False
    held.callback(os.close, descriptor)
    return True
