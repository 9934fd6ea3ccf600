"""A run asks its process for one core, no search among what was there before and another allocator, until it ends."""

from __future__ import annotations

import gc
import os
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest

from reverse_etl._undisturbed import memory_given_back, one_core, only_new_garbage


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="the system does not say which cores a thread may use")
def test_threads_that_begin_in_the_block_share_one_core_and_later_ones_have_all() -> None:
    allowed = os.sched_getaffinity(0)
    with one_core(), ThreadPoolExecutor(2) as threads:
        inside = [threads.submit(os.sched_getaffinity, 0).result() for _ in range(4)]
    assert [len(cores) for cores in inside] == [1, 1, 1, 1]
    assert len(set.union(*inside)) == 1
    assert os.sched_getaffinity(0) == allowed


def test_what_was_there_is_set_aside_only_while_the_block_runs_and_only_by_the_first_who_asks() -> None:
    with only_new_garbage():
        aside = gc.get_freeze_count()
        with only_new_garbage():
            assert gc.get_freeze_count() == aside > 0
        assert gc.get_freeze_count() == aside
    assert gc.get_freeze_count() == 0


def test_arrow_takes_from_the_system_while_the_block_runs() -> None:
    before = pa.default_memory_pool().backend_name
    with memory_given_back():
        assert pa.default_memory_pool().backend_name == "system"
    assert pa.default_memory_pool().backend_name == before != "system"
