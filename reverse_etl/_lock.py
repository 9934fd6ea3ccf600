"""One run at a time for each sync: a lock that the kernel lets go when the process dies."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

from reverse_etl._errors import SyncLocked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from warehouse import Settings


@contextmanager
def sync_lock(settings: Settings, sync: str) -> Iterator[None]:
    """Hold a sync for one run.

    Raises:
        SyncLocked: another run holds it; there is no waiting, because that run does the work.
    """
    folder = settings.home / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{sync}.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SyncLocked(f"The sync {sync} is being delivered by another run: wait for it to end.") from None
        yield
