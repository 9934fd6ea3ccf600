"""What a run wants of its process.

One core for threads that take turns, no search for garbage in all that it holds, and memory back when it is not used.
"""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def one_core() -> Iterator[None]:
    """This thread, and those that it starts while the block runs, share one core, where the system can say so.

    Python runs one thread of a process at a time. Those that send hand the turn on at each request and each answer, and
    a turn that goes to another core finds nothing of what it needs in that core's caches: four connections used twice
    the processor time of one. Which core depends on the process, so that several find several.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {sorted(allowed)[os.getpid() % len(allowed)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


@contextmanager
def only_new_garbage() -> Iterator[None]:
    """What was there before the block is not looked through for garbage while it runs.

    Some ten thousand records are reason enough for Python to do so, over and over: a fifth of the processor time.
    Whoever has set things aside already goes on doing so.
    """
    if gc.get_freeze_count():
        yield
        return
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextmanager
def memory_given_back() -> Iterator[None]:
    """What Arrow needs while the block runs comes from the system's allocator, and goes back to it.

    Arrow's own keeps for each thread what it ever had: a tenth of all memory of a run that delivers a million.
    """
    before = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(before)
