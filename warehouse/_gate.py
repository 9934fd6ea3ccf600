"""One file gate beside the database: a writer alone, or many readers.

DuckDB admits one writing process and answers the next one with an error. Processes of ours wait for their turn
instead. The kernel releases the lock when a process dies, so that a crash leaves nothing to clean up.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from warehouse._errors import KindredError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from warehouse._settings import Settings

WAIT_SECONDS = 600.0
_POLL_SECONDS = 0.05


@contextmanager
def exclusive(settings: Settings, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the database alone, to write.

    Args:
        settings: where the database is.
        wait_seconds: how long to wait for a turn.

    Raises:
        KindredError: no turn came in time.
    """
    with _held(settings, fcntl.LOCK_EX, wait_seconds):
        yield


@contextmanager
def shared(settings: Settings, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the database together with other readers.

    Args:
        settings: where the database is.
        wait_seconds: how long to wait for a turn.

    Raises:
        KindredError: no turn came in time.
    """
    with _held(settings, fcntl.LOCK_SH, wait_seconds):
        yield


@contextmanager
def _held(settings: Settings, kind: int, wait_seconds: float) -> Iterator[None]:
    settings.home.mkdir(parents=True, exist_ok=True)
    path = settings.database.with_suffix(".lock")
    descriptor = _opened(path, kind)
    try:
        _wait(descriptor, kind, path, wait_seconds)
        yield
    finally:
        os.close(descriptor)


def _opened(path: Path, kind: int) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError:
        if kind == fcntl.LOCK_SH and path.exists():  # somebody who may read the folder but not write in it
            return os.open(path, os.O_RDONLY)
        raise


def _wait(descriptor: int, kind: int, path: Path, wait_seconds: float) -> None:
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise KindredError(_busy(path, wait_seconds)) from None
            time.sleep(_POLL_SECONDS)
        else:
            return


def _busy(path: Path, wait_seconds: float) -> str:
    return (
        f"Another Kindred process has held the warehouse ({path}) for more than {wait_seconds:.0f} s: "
        "wait for it to end, or stop it, and run this again."
    )
