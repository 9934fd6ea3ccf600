"""Whole runs to Salesforce by jobs: late, killed, in part, and in the end what the audience says."""

from __future__ import annotations

import json
import os
import signal
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reverse_etl._outgoing import Selection, spool
from reverse_etl._spool import read_spool
from reverse_etl._tables import Tables, load_syncs
from reverse_etl.destinations._contract import Facts, Many
from reverse_etl.fakes import serving
from reverse_etl.fakes._faults import Fault
from reverse_etl.fakes.salesforce import SalesforceFake
from warehouse import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from reverse_etl.fakes import Serving
    from tests.reverse_etl.conftest import World

    Course = Callable[[], AbstractContextManager[tuple[World, Serving]]]

pytestmark = pytest.mark.slow
COURSES = int(os.environ.get("KINDRED_COURSES", "6"))
EMPTY = frozenset({"empty_audience"})
STRANGER = "stranger@example.com"
TABLE = {
    "type": "salesforce",
    "token_env": "TOKEN",
    "object": "Contact",
    "external_id_field": "email",
    "status_field": "In_Audience__c",
    "key": "email",
    "attempts": 2,
    "first_wait_seconds": 0.001,
    "longest_wait_seconds": 0.01,
    "rate_limit_wait_seconds": 0.02,
    "timeout_seconds": 2.0,
    "job_wait_seconds": 0.0,
    "bulk_above": 2,
}
_ANSWERING = "process_request_thread"  # what the standard library calls the thread of a connection


@pytest.fixture
def course(template: Path, make_world: Callable[[Path, Path], World]) -> Course:
    """A warehouse and a Salesforce of their own, with somebody in it whom we did not write."""

    @contextmanager
    def begun() -> Iterator[tuple[World, Serving]]:
        fake = SalesforceFake(external_id_field="email", job_polls=0)
        with tempfile.TemporaryDirectory() as folder, serving(fake) as salesforce:
            world = make_world(Path(folder), template)
            world.environment["TOKEN"] = fake.token
            _configure(world, salesforce)
            fake.hold({STRANGER: {}})
            yield world, salesforce

    return begun


def test_a_job_is_closed_by_the_run_that_fills_it_and_confirmed_by_the_next(course: Course) -> None:
    with course() as (world, salesforce):
        world.want(world.people("a", "b", "c", City__c="Bonn"))
        first = world.run()
        assert (first.status, first.counts["pending"]) == ("succeeded", 3)
        assert [call.method for call, _reply in salesforce.seen] == ["POST", "PUT", "GET", "PATCH"]
        second = world.run()
        assert (second.status, second.plan.changes, second.plan.delivered) == ("succeeded", 0, 3)
        _holds(world, salesforce, "a", "b", "c")
        assert {row["City__c"] for key, row in _fake(salesforce).held().items() if key != STRANGER} == {"Bonn"}


def test_a_run_that_may_wait_confirms_its_own_jobs(course: Course) -> None:
    with course() as (world, salesforce):
        _configure(world, salesforce, job_wait_seconds=5.0)
        world.want(world.people("a", "b", "c"))
        assert world.run().counts["accepted"] == 3
        _holds(world, salesforce, "a", "b", "c")


def test_few_changes_and_whoever_leaves_go_without_a_job(course: Course) -> None:
    with course() as (world, salesforce):
        world.want(world.people("a", "b", "c", "d"))
        _settle(world)
        jobs = len(_fake(salesforce).jobs.known)
        world.want(world.people("d", "e"))
        result = world.run()
        assert (result.status, result.plan.removals, result.counts["accepted"]) == ("succeeded", 3, 4)
        assert len(_fake(salesforce).jobs.known) == jobs
        _holds(world, salesforce, "d", "e")


def test_a_job_that_runs_over_several_runs_is_not_sent_again(course: Course) -> None:
    with course() as (world, salesforce):
        _fake(salesforce).job_polls = 2
        world.want(world.people("a", "b", "c"))
        pending = [world.run().plan.changes for _ in range(4)]
        assert pending == [3, 0, 0, 0]
        assert len(_fake(salesforce).jobs.known) == 1
        _holds(world, salesforce, "a", "b", "c")


def test_of_whom_a_job_says_nothing_is_unknown_and_sent_again(course: Course) -> None:
    with course() as (world, salesforce):
        _fake(salesforce).unnamed = {"b@example.com"}
        world.want(world.people("a", "b", "c"))
        world.run()
        again = world.run()
        assert (again.plan.adds, again.counts["accepted"]) == (1, 1)
        told = world.sql(
            "select outcome from activation.receipts where record_key = 'b@example.com'"
            " order by recorded_at, receipt_id"
        )
        assert [outcome for (outcome,) in told] == ["pending", "unknown", "accepted"]
        _holds(world, salesforce, "a", "b", "c")


def test_somebody_of_whom_a_job_said_nothing_and_who_leaves_is_taken_out(course: Course) -> None:
    with course() as (world, salesforce):
        _fake(salesforce).unnamed = {"b@example.com"}
        world.want(world.people("a", "b", "c"))
        world.run()
        world.want(world.people("a", "c"))
        assert world.run().plan.removals == 1
        _holds(world, salesforce, "a", "c")


def test_a_job_that_began_after_an_answer_was_lost_is_asked_about(course: Course) -> None:
    with course() as (world, salesforce):
        world.want(world.people("a", "b", "c"))
        salesforce.fail(Fault("none"), Fault("drop"))  # the upload of a first job
        assert world.run().counts["pending"] == 3
        result = world.run()
        assert (result.plan.changes, result.plan.delivered) == (0, 3)
        _holds(world, salesforce, "a", "b", "c")


def test_jobs_of_which_every_record_is_rejected_are_all_asked_about(course: Course) -> None:
    with course() as (world, salesforce):
        _configure(world, salesforce, bulk_above=0)
        fake = _fake(salesforce)
        fake.refused, fake.job_polls = frozenset(world.people(*"abcd")), None
        for names in ("ab", "abcd"):
            world.want(world.people(*names))
            world.run()
        for job in fake.jobs.known.values():
            assert job.running
            job.running.polls = 0
        result = world.run()
        assert sorted(outcome for _done, _key, outcome in world.outcomes()) == ["pending"] * 4 + ["rejected"] * 4
        assert result.plan.changes == 0


def test_a_withdrawal_takes_effect_while_a_job_runs_and_again_when_it_has_ended(course: Course) -> None:
    with course() as (world, salesforce):
        _fake(salesforce).job_polls = 1
        world.want(world.people("a", "b", "c"))
        world.run()
        world.want(world.people("b", "c"))
        world.run()
        assert world.run().plan.removals == 1
        _holds(world, salesforce, "b", "c")


@pytest.mark.parametrize("requests", range(1, 8))
def test_a_run_that_is_killed_leaves_no_job_that_writes_and_is_not_known(course: Course, requests: int) -> None:
    with course() as (world, salesforce):
        _configure(world, salesforce, job_wait_seconds=5.0)
        world.want(world.people("a", "b", "c", City__c="Bonn"))
        salesforce.delay_seconds = 0.02
        _run_and_kill(world, salesforce, requests)
        salesforce.delay_seconds = 0
        begun = [job for job in _fake(salesforce).jobs.known.values() if job.state != "Open"]
        # Somebody leaves the audience meanwhile: what was uploaded and not begun tells Salesforce nothing of them.
        world.want(world.people("a", "b", City__c="Bonn"))
        _configure(world, salesforce)
        _settle(world)
        _holds(world, salesforce, "a", "b")
        assert ("c@example.com" in {row["email"] for row in _fake(salesforce).rows.values()}) == bool(begun)
        known = world.sql("select reason from activation.receipts where outcome = 'pending'")
        written = {job.id for job in _fake(salesforce).jobs.known.values() if job.state not in {"Open", "Aborted"}}
        assert written <= {reason.partition("@")[0] for (reason,) in known}


def test_an_open_job_of_a_dead_run_is_aborted(course: Course) -> None:
    with course() as (world, salesforce):
        world.want(world.people("a", "b", "c"))
        salesforce.fail(Fault("none", times=2), Fault("error", times=50))  # the job is filled, and never closed
        assert world.run().counts["pending"] == 3
        salesforce.faults.clear()
        world.want(world.people("a", "b"))
        _settle(world)
        assert [job.state for job in _fake(salesforce).jobs.known.values()] == ["Aborted"]
        assert "c@example.com" not in {row["email"] for row in _fake(salesforce).rows.values()}
        _holds(world, salesforce, "a", "b")


@pytest.mark.parametrize(("above", "sizes"), [(0, [3, 2]), (4, [3, 2]), (5, [2, 2, 1]), (10**18, [2, 2, 1])])
def test_batches_are_larger_when_there_are_many_additions(world: World, above: int, sizes: list[int]) -> None:
    facts = Facts(2, 1, idempotent=True, identifiers=None, personal_data="plain", many=Many(above, 3))
    world.want(world.people("a", "b", "c", "d", "e"))
    path = world.settings.home / "spool"
    with connect(world.settings, read_only=True) as connection:
        tables = Tables.on(connection)
        spool(tables, load_syncs(tables, (world.WEBHOOK,))[0], Selection(), path, facts)
    assert [len(batch.records) for batch in read_spool(path)] == sizes


def test_removals_are_never_in_larger_batches(world: World) -> None:
    facts = Facts(2, 1, idempotent=True, identifiers=None, personal_data="plain", many=Many(0, 3))
    world.sql(
        "insert into activation.receipts (receipt_id, run_id, sync, destination, operation, record_key, outcome,"
        " delivered_at, recorded_at) select 'r-0-' || x, 'r', ?, 'demo_webhook', 'add', x, 'accepted',"
        " timestamp '2026-07-01', timestamp '2026-07-01' from unnest(['a', 'b', 'c']) as keys (x)",
        [world.WEBHOOK],
    )
    world.want(world.people("d", "e", "f", "g"))
    path = world.settings.home / "spool"
    with connect(world.settings, read_only=True) as connection:
        tables = Tables.on(connection)
        spool(tables, load_syncs(tables, (world.WEBHOOK,))[0], Selection(limit=5), path, facts)
    assert [(batch.is_removal, len(batch.records)) for batch in read_spool(path)] == [(True, 2), (True, 1), (False, 2)]


@dataclass(frozen=True)
class Step:
    """One run: an audience with a version for each, how Salesforce is, and what goes wrong.

    Attributes:
        polls: how often a job is asked about before it ends.
        bad: whose rows are refused, locked, not come to, or not named.
        above: `bulk_above`.
        killed_at: after how many requests the run's process is killed.
    """

    people: dict[str, int]
    faults: list[str] = field(default_factory=list)
    polls: int | None = 0
    bad: dict[str, str] = field(default_factory=dict)
    above: int = 2
    killed_at: int | None = None


_NAMES = st.sampled_from("abcde")
_PEOPLE = st.dictionaries(_NAMES, st.integers(1, 2))
_STEP = st.builds(
    Step,
    _PEOPLE,
    st.lists(st.sampled_from(["none", "none", "drop", "error", "close", "unavailable", "rate_limit"]), max_size=8),
    st.sampled_from([0, 1, 2, None]),
    st.dictionaries(_NAMES, st.sampled_from(["refused", "locked", "unprocessed", "unnamed"]), max_size=3),
    st.sampled_from([0, 1, 2, 100]),
    st.sampled_from([None, None, None, 2, 3, 4, 5]),
)


@settings(max_examples=COURSES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(_STEP, min_size=1, max_size=4), last=_PEOPLE)
@example(steps=[Step({"a": 1, "b": 1}, killed_at=4, above=0), Step({"a": 1}, polls=None)], last={"b": 1})
@example(steps=[Step({"a": 1, "b": 1}, ["none", "none", "none", "drop", "drop"], above=0)], last={})
def test_after_clean_runs_salesforce_holds_exactly_the_audience(
    course: Course, steps: list[Step], last: dict[str, int]
) -> None:
    with course() as (world, salesforce):
        for step in steps:
            _go(world, salesforce, step)
        _mend(salesforce)
        _configure(world, salesforce)
        # What was rejected before is offered again when it has changed.
        world.want(_people(world, {name: version + 2 for name, version in last.items()}))
        _settle(world)
        _holds(world, salesforce, *last)
        rows = {row["email"]: row for row in _fake(salesforce).rows.values()}
        assert {name: rows[f"{name}@example.com"]["City__c"] for name in last} == {
            name: f"v{version + 2}" for name, version in last.items()
        }


def _go(world: World, salesforce: Serving, step: Step) -> None:
    fake = _fake(salesforce)
    bad = {how: {f"{one}@example.com" for one, what in step.bad.items() if what == how} for how in step.bad.values()}
    fake.refused = frozenset(bad.get("refused", set()))
    fake.locked, fake.unprocessed = bad.get("locked", set()), bad.get("unprocessed", set())
    fake.unnamed, fake.job_polls = bad.get("unnamed", set()), step.polls
    salesforce.faults.clear()
    salesforce.fail(*map(Fault, step.faults))
    _configure(world, salesforce, bulk_above=step.above)
    world.want(_people(world, step.people))
    if step.killed_at:
        _run_and_kill(world, salesforce, len(salesforce.seen) + step.killed_at)
    else:
        world.run(accept=EMPTY)


def _mend(salesforce: Serving) -> None:
    fake = _fake(salesforce)
    fake.refused, fake.locked, fake.unprocessed, fake.unnamed = frozenset(), set(), set(), set()
    fake.job_polls = 0
    for job in fake.jobs.known.values():
        if job.running and not job.running.ended:
            job.running.polls = 0
    salesforce.faults.clear()


def _settle(world: World) -> None:
    """Run until nothing is left to be done."""
    for _ in range(8):
        result = world.run(accept=EMPTY)
        assert result.status == "succeeded", result
        if not result.plan.changes and not result.counts["pending"] and not world.plan().changes:
            return
    raise AssertionError("it never came to rest")


def _holds(world: World, salesforce: Serving, *names: str) -> None:
    assert set(_fake(salesforce).held()) == {*world.people(*names), STRANGER}


def _people(world: World, people: dict[str, int]) -> dict[str, dict[str, Any]]:
    return {
        key: fields
        for name, version in people.items()
        for key, fields in world.people(name, City__c=f"v{version}").items()
    }


def _fake(salesforce: Serving) -> SalesforceFake:
    assert isinstance(salesforce.fake, SalesforceFake)
    return salesforce.fake


def _configure(world: World, salesforce: Serving, **fields: Any) -> None:
    table = {**TABLE, "base_url": salesforce.url, **fields}
    lines = "\n".join(f"{name} = {json.dumps(value)}" for name, value in table.items())
    world.settings.destinations.write_text(f"[demo_webhook]\n{lines}\n")


def _run_and_kill(world: World, salesforce: Serving, requests: int) -> None:
    """Run in a process of its own, and kill it when Salesforce has seen so many requests."""
    process = get_context("fork").Process(target=world.run, kwargs={"accept": EMPTY}, daemon=True)
    process.start()
    while process.is_alive() and len(salesforce.seen) < requests:
        time.sleep(0.001)
    if process.is_alive() and process.pid:
        os.kill(process.pid, signal.SIGKILL)
    process.join()
    # Salesforce still reads what the dead had sent: that a request overtakes the next run is another matter.
    while any(_ANSWERING in thread.name for thread in threading.enumerate()):
        time.sleep(0.001)
