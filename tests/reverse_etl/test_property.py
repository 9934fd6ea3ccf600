"""Whatever happened before, a clean run leaves exactly what the audience says."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reverse_etl.receiver import Fault, Receiver, running

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tests.reverse_etl.conftest import World

COURSES = int(os.environ.get("KINDRED_COURSES", "12"))
EMPTY = frozenset({"empty_audience"})
_FAULTS = st.sampled_from(
    [
        *(Fault(kind) for kind in ("none", "error", "unavailable", "close", "drop", "rate_limit", "refuse")),
        *(Fault("partial", verdict) for verdict in ("rejected", "retryable", "rate_limited")),
    ]
)


class _Crash(BaseException):
    """The process died."""


@dataclass(frozen=True)
class Step:
    """An audience with its versions, how the destination fails meanwhile, and when the run dies."""

    people: dict[str, int]
    faults: list[Fault] = field(default_factory=list)
    dies_at: int | None = None
    connections: int = 1


_PEOPLE = st.dictionaries(st.sampled_from("abcdefg"), st.integers(1, 2))
_STEPS = st.lists(
    st.builds(Step, _PEOPLE, st.lists(_FAULTS, max_size=5), st.none() | st.integers(2, 8), st.integers(1, 4)),
    min_size=1,
    max_size=4,
)


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
def test_after_a_clean_run_the_destination_holds_exactly_the_audience(
    template: Path, make_world: Callable[[Path, Path], World], steps: list[Step], last: dict[str, int]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = make_world(Path(folder), template)
        with running(world.settings, port=0, environment=world.environment) as receiver:
            for step in steps:
                _go(world, receiver, step)
            receiver.serving.faults.clear()
            world.configure(receiver.url)
            # What was rejected before is offered again when it has changed.
            _want(world, {name: version + 2 for name, version in last.items()})
            assert world.run(accept=EMPTY).status == "succeeded"
            assert receiver.held(world.WEBHOOK) == _expected(world, {name: v + 2 for name, v in last.items()})
            assert world.plan().changes == 0


def _go(world: World, receiver: Receiver, step: Step) -> None:
    receiver.serving.faults.clear()
    receiver.fail(*step.faults)
    world.configure(receiver.url, attempts=2, rate_limit_wait_seconds=0.02, connections=step.connections)
    _want(world, step.people)
    try:
        world.run(accept=EMPTY, now=_clock(world, step.dies_at))
    except _Crash:
        return


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
