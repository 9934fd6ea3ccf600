"""Whatever happened before, a clean run leaves exactly what the audience says."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reverse_etl.receiver import Fault, Receiver, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from datetime import datetime

    from tests.reverse_etl.conftest import World

    Course = Callable[[], AbstractContextManager[tuple[World, Receiver]]]

COURSES = int(os.environ.get("KINDRED_COURSES", "12"))
EMPTY = frozenset({"empty_audience"})
_FAULTS = st.sampled_from(
    [
        *(Fault(kind) for kind in ("none", "error", "unavailable", "close", "drop", "rate_limit", "refuse")),
        *(Fault("partial", verdict) for verdict in ("rejected", "retryable", "rate_limited")),
    ]
)


_ANSWERING = "process_request_thread"  # what the standard library calls the thread of a connection


class _Crash(BaseException):
    """The process died."""


@dataclass(frozen=True)
class Step:
    """One run: an audience, and what goes wrong meanwhile.

    Attributes:
        people: the audience as it was built, with a version for each.
        withdrawn: who of them said no after it was built.
        faults: how the destination fails, answer by answer.
        dies_at: at which question for the time the run dies, between any two of its steps.
        killed_at: after how many requests the run's process is killed, while answers are under way.
        connections: how many requests go out at once.
    """

    people: dict[str, int]
    faults: list[Fault] = field(default_factory=list)
    dies_at: int | None = None
    connections: int = 1
    withdrawn: frozenset[str] = frozenset()
    killed_at: int | None = None


_NAMES = st.sampled_from("abcdefg")
_PEOPLE = st.dictionaries(_NAMES, st.integers(1, 2))
_STEP = st.builds(
    Step,
    _PEOPLE,
    st.lists(_FAULTS, max_size=5),
    st.none() | st.integers(2, 8),
    st.integers(1, 4),
    st.just(frozenset()) | st.frozensets(_NAMES, max_size=3),
    st.sampled_from([None, None, None, 1, 2, 3]),
)
_STEPS = st.lists(_STEP, min_size=1, max_size=4)


@pytest.fixture(scope="module")
def counts() -> Iterator[Counter[str]]:
    """What the courses consisted of; printed at their end."""
    counted: Counter[str] = Counter()
    yield counted
    print("\n" + ", ".join(f"{number:,} {what}" for what, number in counted.most_common()))  # noqa: T201 - what `make chaos` says


@pytest.fixture
def course(template: Path, make_world: Callable[[Path, Path], World], counts: Counter[str]) -> Course:
    """A warehouse and a receiver of their own for each course."""

    @contextmanager
    def begun() -> Iterator[tuple[World, Receiver]]:
        with tempfile.TemporaryDirectory() as folder:
            world = make_world(Path(folder), template)
            with running(world.settings, port=0, environment=world.environment) as receiver:
                yield world, receiver
        counts.update(["courses"])

    return begun


@settings(max_examples=COURSES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS, last=_PEOPLE)
# A lost answer, a second one that took some of the batch, and death between their two receipts: g was forgotten.
@example(
    steps=[
        Step(
            {"a": 2, "f": 2, "g": 1, "b": 1, "e": 1},
            [Fault("partial", "rejected"), Fault("error"), Fault("partial", "retryable"), Fault("partial", "rejected")],
            dies_at=5,
        )
    ],
    last={"f": 2, "a": 2},
)
@example(steps=[Step({"a": 1, "b": 1, "c": 1, "d": 1}, killed_at=1), Step({"a": 1}, withdrawn=frozenset("a"))], last={})
def test_after_a_clean_run_the_destination_holds_exactly_the_audience(
    course: Course, counts: Counter[str], steps: list[Step], last: dict[str, int]
) -> None:
    with course() as (world, receiver):
        for step in steps:
            _go(world, receiver, step, counts)
        receiver.serving.faults.clear()
        world.configure(receiver.url)
        # What was rejected before is offered again when it has changed.
        _want(world, {name: version + 2 for name, version in last.items()})
        assert world.run(accept=EMPTY).status == "succeeded"
        assert receiver.held(world.WEBHOOK) == _expected(world, {name: v + 2 for name, v in last.items()})
        assert world.plan().changes == 0


@settings(max_examples=COURSES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS, last=_PEOPLE)
@example(steps=[Step({"a": 1, "b": 1}, [Fault("drop")])], last={"a": 1, "b": 1})
def test_nobody_is_added_twice_where_that_is_unsafe_and_nobody_is_left_behind(
    course: Course, counts: Counter[str], steps: list[Step], last: dict[str, int]
) -> None:
    with course() as (world, receiver):
        for step in [*steps, Step(last)]:
            _go(world, receiver, step, counts, idempotent=False)
        audience, held = _expected(world, last).keys(), receiver.held(world.WEBHOOK).keys()
        assert held <= audience
        assert len(audience - held) <= world.plan().unresolved + _rejected(world)
        for key in {key for _, key in receiver.fake.store.taken(world.WEBHOOK)}:
            taken = [done for done, whom in receiver.fake.store.taken(world.WEBHOOK) if whom == key]
            assert ("add", "add") not in pairwise(taken), taken


def _rejected(world: World) -> int:
    [(number,)] = world.sql("select count(*) from activation.rejected_records where sync = ?", [world.WEBHOOK])
    return int(number)


def _go(world: World, receiver: Receiver, step: Step, counts: Counter[str], **fields: bool) -> None:
    receiver.serving.faults.clear()
    receiver.fail(*step.faults)
    world.configure(receiver.url, attempts=2, rate_limit_wait_seconds=0.02, connections=step.connections, **fields)
    _want(world, step.people)
    for key in world.people(*step.withdrawn):
        world.sql("update consent.consents set is_granted = false where customer_id = ?", [world.customer_of(key)])
    before, asked = len(receiver.fake.store.taken(world.WEBHOOK)), len(receiver.received)
    _run(world, receiver, step, counts)
    sent = {key for done, key in receiver.fake.store.taken(world.WEBHOOK)[before:] if done != "remove"}
    allowed = world.people(*(step.people.keys() - step.withdrawn)).keys()
    assert sent <= allowed, "somebody was sent who is not in the audience, or who said no"
    counts.update({"runs": 1, "withdrawals": len(step.withdrawn & step.people.keys())})
    counts.update(
        {"requests": len(receiver.received) - asked, "faults": len(step.faults) - len(receiver.serving.faults)}
    )


def _run(world: World, receiver: Receiver, step: Step, counts: Counter[str]) -> None:
    if step.killed_at:
        _run_and_kill(world, receiver, len(receiver.received) + step.killed_at, counts)
        return
    try:
        # Who asks the clock to die must be the run itself.
        alone = {} if step.dies_at is None else {"rows_at_once": 1000}
        world.run(accept=EMPTY, now=_clock(world, step.dies_at), **alone)
    except _Crash:
        counts.update(["deaths"])


def _run_and_kill(world: World, receiver: Receiver, requests: int, counts: Counter[str]) -> None:
    """Run in a process of its own, and kill it when the destination has seen so many requests."""
    process = get_context("fork").Process(target=world.run, kwargs={"accept": EMPTY}, daemon=True)
    process.start()
    while process.is_alive() and len(receiver.serving.seen) < requests:
        time.sleep(0.001)
    if process.is_alive() and process.pid:
        os.kill(process.pid, signal.SIGKILL)
        counts.update(["kills"])
    process.join()
    # The destination still reads what the dead had sent: that a request overtakes the next run is another matter.
    while any(_ANSWERING in thread.name for thread in threading.enumerate()):
        time.sleep(0.001)


def _clock(world: World, dies_at: int | None) -> Callable[[], datetime]:
    # The clock is asked before receipts are written, so that dying there leaves a batch taken and not recorded.
    asked = [0]

    def now() -> datetime:
        asked[0] += 1
        if asked[0] == dies_at:
            raise _Crash
        return world.NOW

    return now


def _want(world: World, people: dict[str, int]) -> None:
    world.want(_expected(world, people))


def _expected(world: World, people: dict[str, int]) -> dict[str, dict[str, object]]:
    return {
        key: value for name, version in people.items() for key, value in world.people(name, version=version).items()
    }
