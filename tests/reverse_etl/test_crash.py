"""A run that dies at any point, and two runs at once."""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from reverse_etl import SyncLocked, SyncOptions, run_sync
from reverse_etl._journal import Entry, Folder, journal
from reverse_etl._receipts import ROWS_AT_ONCE, _handfuls
from reverse_etl._recording import Amount, sending
from reverse_etl._records import ACCEPTED
from reverse_etl._spool import SCHEMA, Spooled
from reverse_etl.destinations._outbox import held
from reverse_etl.receiver import Fault
from warehouse import KindredError, connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from reverse_etl._journal import Journal
    from reverse_etl.receiver import Receiver
    from tests.reverse_etl.conftest import World

# The gates of these tests were checked at the tests' own time, which the command's clock does not know.
_CODE = """
import sys, datetime, reverse_etl, warehouse
now = datetime.datetime.fromisoformat(sys.argv[2])
options = reverse_etl.SyncOptions(now=lambda: now, rows_at_once=2)
result = reverse_etl.run_sync(warehouse.Settings.from_env(), sys.argv[1], options)
sys.exit(0 if result.ok else 1)
"""


def test_a_killed_run_loses_nobody_and_sends_no_batch_twice_but_the_last(world: World, receiver: Receiver) -> None:
    names = [f"person{number:02}" for number in range(20)]
    world.configure(receiver.url, batch_size=4, timeout_seconds=30.0)
    world.want(world.people(*names))
    receiver.fail(Fault("none", times=2), Fault("late"))
    _kill(_start(world, world.WEBHOOK), lambda: len(receiver.received) == 3)
    assert world.run().status == "succeeded"
    assert receiver.held(world.WEBHOOK) == world.people(*names)
    taken = [key for _, key in receiver.fake.store.taken(world.WEBHOOK)]
    assert len(taken) - len(set(taken)) <= 4


def test_somebody_in_flight_when_the_run_died_who_leaves_meanwhile_is_taken_out(
    world: World, receiver: Receiver
) -> None:
    world.configure(receiver.url, batch_size=4, timeout_seconds=30.0)
    world.want(world.people("ana", "ben", "cem"))
    receiver.fail(Fault("late"))
    _kill(_start(world, world.WEBHOOK), lambda: bool(receiver.received))
    assert receiver.held(world.WEBHOOK) == world.people("ana", "ben", "cem")
    world.want(world.people("ben"))
    assert world.run().status == "succeeded"
    assert receiver.held(world.WEBHOOK) == world.people("ben")


def test_what_a_dead_run_had_in_flight_is_the_last_word_though_the_clock_stands(
    world: World, receiver: Receiver
) -> None:
    world.configure(receiver.url, timeout_seconds=30.0)
    for people in (world.people("ana"), {}, world.people("ana")):
        world.want(people)
        if len(receiver.received) == 2:
            receiver.fail(Fault("late"))
            _kill(_start(world, world.WEBHOOK), lambda: len(receiver.received) == 3)
        else:
            assert world.run(accept=frozenset({"empty_audience"})).status == "succeeded"
    assert receiver.held(world.WEBHOOK) == world.people("ana")
    world.want({})
    assert world.run(accept=frozenset({"empty_audience"})).status == "succeeded"
    assert receiver.held(world.WEBHOOK) == {}


def test_what_a_dead_run_had_in_flight_is_not_sent_again_where_that_is_unsafe(world: World, receiver: Receiver) -> None:
    world.configure(receiver.url, batch_size=1, timeout_seconds=30.0, idempotent=False)
    world.want(world.people("ana", "ben"))
    receiver.fail(Fault("late"))
    _kill(_start(world, world.WEBHOOK), lambda: bool(receiver.received))
    result = world.run()
    assert (result.status, result.plan.unresolved) == ("incomplete", 1)
    assert receiver.fake.store.taken(world.WEBHOOK) == [("add", "ana@example.com"), ("add", "ben@example.com")]


def test_what_was_answered_in_a_torn_line_is_not_known_and_the_lines_after_it_are(
    world: World, receiver: Receiver
) -> None:
    world.configure(receiver.url, batch_size=1, timeout_seconds=30.0)
    world.want(world.people("ana", "ben", "cem"))
    receiver.fail(Fault("none", times=2), Fault("late"))
    _kill(_start(world, world.WEBHOOK), lambda: len(receiver.received) == 3)
    [answers] = (world.settings.home / "journal" / world.WEBHOOK).glob("*/answers.jsonl")
    whole = answers.read_text()
    first = next(line for line in whole.splitlines() if '"all"' in line)
    answers.write_text(whole.replace(first, first[: len(first) // 2]))
    assert world.run().status == "succeeded"
    told = sorted((key, outcome) for _, key, outcome in world.outcomes())
    assert told == [
        ("ana@example.com", "accepted"),
        ("ana@example.com", "unknown"),
        ("ben@example.com", "accepted"),
        ("cem@example.com", "accepted"),
        ("cem@example.com", "unknown"),
    ]


def test_receipts_come_while_a_run_sends_and_none_comes_twice_when_it_dies(world: World, receiver: Receiver) -> None:
    names = [f"person{number}" for number in range(9)]
    world.configure(receiver.url, batch_size=1, timeout_seconds=30.0)
    world.want(world.people(*names))
    receiver.fail(Fault("none", times=6), Fault("late"))
    _kill(_start(world, world.WEBHOOK), lambda: _receipts(world) >= 2)
    assert world.run().status == "succeeded"
    told = [(key.partition("@")[0], outcome) for _, key, outcome in world.outcomes()]
    in_flight = next(name for name, outcome in told if outcome == "unknown")
    assert sorted(told) == sorted([*((name, "accepted") for name in names), (in_flight, "unknown")])


def _receipts(world: World) -> int:
    time.sleep(0.5)  # whoever looks all the time leaves no turn to whoever writes
    with connect(world.settings, read_only=True) as connection:
        found = connection.execute("select count(*) from activation.receipts").fetchone()
    return int(found[0]) if found else 0


def test_a_journal_that_does_not_fit_on_the_disk_ends_the_run_and_keeps_every_whole_line(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    with journal(folder) as lines:
        lines.note_sent(1)
        with _at_most(folder.answers.stat().st_size + 5):
            with pytest.raises(KindredError, match="a line did not fit"):
                lines.note_sent(2)
            with pytest.raises(KindredError, match="make room"):
                lines.note_sent(3)
        lines.note_sent(4)
    assert [entry.number for entry in folder.entries(datetime.now(UTC), lambda _number: 1)] == [1, 4]


def test_answers_that_come_while_others_are_recorded_are_left_to_the_next_time(tmp_path: Path) -> None:
    folder, seen = Folder(tmp_path), []
    with journal(folder) as lines:
        for number in range(3):
            _answer(lines, number)
        for entry in folder.answered_after(-1, lambda: False):
            seen.append(entry.number)
            _answer(lines, len(seen) + 2)
            assert len(seen) < 3
        # The last line may be half written.
        assert (seen, [one.number for one in folder.answered_after(entry.offset, lambda: False)]) == ([0, 1], [2, 3])


def test_answers_that_come_while_more_is_waited_for_are_read_and_the_last_one_when_the_run_has_ended(
    tmp_path: Path,
) -> None:
    folder, numbers = Folder(tmp_path), iter([1, 2])
    with journal(folder) as lines:

        def more() -> bool:
            number = next(numbers, None)
            if number is not None:
                _answer(lines, number)
            return number is not None

        _answer(lines, 0)
        assert [one.number for one in folder.answered_after(-1, more)] == [0, 1]
    assert [one.number for one in folder.answered_after(-1, lambda: False)] == [0, 1, 2]


def _answer(lines: Journal, number: int) -> None:
    rows = pa.RecordBatch.from_pylist([{"record_key": "ana"}], schema=SCHEMA)
    lines.note_answer(Spooled(number, rows), ["ana"], [ACCEPTED], datetime.now(UTC), last=True)


def test_no_line_is_in_two_parts_so_that_whoever_goes_on_behind_the_last_one_leaves_out_nobody() -> None:
    size = ROWS_AT_ONCE // 5 * 2
    rows = pa.RecordBatch.from_pydict({name: pa.nulls(size, pa.string()) for name in SCHEMA.names}, schema=SCHEMA)
    entries = [Entry(number, number, None, (ACCEPTED,), datetime.now(UTC)) for number in range(4)]
    parts = [part.column("line").to_pylist() for part in _handfuls(lambda _number: rows, iter(entries))]
    assert [(set(lines), len(lines)) for lines in parts] == [({0, 1}, 2 * size), ({2, 3}, 2 * size)]


def test_near_its_end_a_run_has_its_receipts_when_it_has_sent(world: World, receiver: Receiver) -> None:
    world.configure(receiver.url, batch_size=1)
    world.want(world.people("ana", "ben", "cem"))
    receiver.fail(Fault("none"), Fault("hang", "0.5"))
    delivery, folder = world.spooled()
    with sending(world.settings, delivery, folder, Amount(records=3, rows_at_once=1)):
        pass
    assert sorted(key for _, key, outcome in world.outcomes() if outcome == "accepted") == sorted(
        world.people("ana", "ben", "cem")
    )


@contextmanager
def _at_most(size: int) -> Iterator[None]:
    # A full disk takes what fits of a write, and nothing of the next one.
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_files_without_a_manifest_were_never_delivered(world: World) -> None:
    world.want(world.people("ana", "ben"), sync=world.FILES)
    assert world.run(world.FILES).status == "succeeded"
    world.want(world.people("ben", "cem"), sync=world.FILES)
    second = world.run(world.FILES)
    folder = world.settings.home / "outbox" / world.FILES
    # The second run died before its manifest, and before it could write down that its rows were taken.
    (folder / second.run_id / "manifest.json").unlink()
    world.sql("delete from activation.receipts where run_id = ? and outcome = 'accepted'", [second.run_id])
    third = world.run(world.FILES)
    assert (third.plan.adds, third.plan.removals, third.status) == (1, 1, "succeeded")
    assert held(folder).keys() == world.people("ben", "cem").keys()
    assert not (folder / second.run_id).exists()


def test_files_with_a_manifest_were_delivered_though_the_run_died_before_it_knew(world: World) -> None:
    world.want(world.people("ana", "ben"), sync=world.FILES)
    first = world.run(world.FILES)
    world.sql("delete from activation.receipts where run_id = ? and outcome = 'accepted'", [first.run_id])
    second = world.run(world.FILES)
    assert (second.plan.changes, second.plan.delivered) == (0, 2)


def test_a_second_run_of_the_same_sync_says_so_and_leaves(world: World, receiver: Receiver) -> None:
    world.configure(receiver.url, timeout_seconds=30.0)
    world.want(world.people("ana"))
    receiver.fail(Fault("late"))
    process = _start(world, world.WEBHOOK)
    _wait(lambda: bool(receiver.received))
    with pytest.raises(SyncLocked, match="being delivered by another run"):
        run_sync(world.settings, world.WEBHOOK, SyncOptions(), world.environment)
    process.kill()
    process.wait()


def test_the_command_line_leaves_with_an_error_when_the_sync_is_locked(world: World) -> None:
    world.want({})
    locks = world.settings.home / "locks"
    locks.mkdir()
    with (locks / f"{world.WEBHOOK}.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        command = [sys.executable, "-m", "reverse_etl", "sync", world.WEBHOOK]
        done = subprocess.run(command, env=_environment(world), capture_output=True, text=True, check=False)
    assert (done.returncode, "another run" in done.stderr) == (1, True)


def _environment(world: World) -> dict[str, str]:
    return {**os.environ, **world.environment, **world.settings.environment()}


def _start(world: World, sync: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", _CODE, sync, world.NOW.isoformat()], env=_environment(world))


def _kill(process: subprocess.Popen[bytes], when: Callable[[], bool]) -> None:
    _wait(when)
    process.send_signal(signal.SIGKILL)
    process.wait()


def _wait(when: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not when():
        assert time.monotonic() < deadline, "it did not happen within a minute"
        time.sleep(0.01)
