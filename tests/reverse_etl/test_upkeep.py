"""What is looked after between runs: nulls, rejections, plans that wait, runs that died, and what is really there."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from rich.console import Console

from reverse_etl import SyncOptions, reconcile, rejected, retry, status
from reverse_etl._journal import new_folder
from reverse_etl._progress import progress_bar
from reverse_etl._reconcile import same_value
from reverse_etl._records import Run, new_run_id, started_at
from reverse_etl._saved import Fingerprint
from reverse_etl.cli import commands
from reverse_etl.fakes import FAKES, serving
from reverse_etl.receiver import Fault
from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

    from reverse_etl.fakes import Serving
    from reverse_etl.receiver import Receiver
    from tests.reverse_etl.conftest import World

_CODE = """
import sys, datetime, reverse_etl, warehouse
now = datetime.datetime.fromisoformat(sys.argv[2])
reverse_etl.run_sync(warehouse.Settings.from_env(), sys.argv[1], reverse_etl.SyncOptions(now=lambda: now))
"""


def test_who_lacks_a_needed_field_is_counted_and_neither_written_nor_taken_out(
    world: World, receiver: Receiver
) -> None:
    world.want(world.people("ana", tier="gold"))
    assert world.run().status == "succeeded"
    world.want(world.people("ana", "ben"))
    world.sql("update activation.desired_records set is_incomplete = true")
    result = world.run()
    assert (result.status, result.plan.incomplete, result.plan.changes) == ("succeeded", 2, 0)
    assert receiver.held(world.WEBHOOK) == world.people("ana", tier="gold")


def test_a_rejected_record_is_listed_without_its_key_and_offered_again_on_retry(
    world: World, receiver: Receiver
) -> None:
    world.want(world.people("ana", "ben"))
    receiver.refuse("ana@example.com")
    assert world.run().counts["rejected"] == 1
    assert status(world.settings, (world.WEBHOOK,))[0].rejected == 1
    [one] = rejected(world.settings)
    assert (one.sync, one.customer_id) == (world.WEBHOOK, world.customer_of("ana@example.com"))
    assert "ana" not in one.key + str(one.reason)
    assert world.run().plan.changes == 0
    found = {each.sync: each.records for each in retry(world.settings, (), lambda: world.NOW)}
    assert found == {world.FILES: 0, world.WEBHOOK: 1}
    assert rejected(world.settings) == []
    receiver.refuse()
    result = world.run()
    assert (result.status, result.plan.adds, result.counts["accepted"]) == ("succeeded", 1, 1)
    assert receiver.held(world.WEBHOOK) == world.people("ana", "ben")
    assert world.sql("select count(*) from activation.sync_runs") == [(3,)]


def test_a_lost_answer_is_listed_and_settled_from_the_command_line(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "No answer about an addition is missing." in _invoke(world, monkeypatch, "status", "--unknown").output
    world.configure(receiver.url, idempotent=False)
    world.want(world.people("ana"))
    receiver.fail(Fault("error"))
    assert "say so with `kindred retry --unknown`" in str(world.run() and world.run().message)
    ana = world.customer_of("ana@example.com")
    [lost] = json.loads(_invoke(world, monkeypatch, "status", "--unknown", "--json").output)
    assert (lost["customer_id"], lost["sync"]) == (ana, world.WEBHOOK)
    assert _invoke(world, monkeypatch, "retry", "--customer", ana).exit_code == 2
    settled = _invoke(world, monkeypatch, "retry", world.WEBHOOK, "--unknown", "missing", "--customer", ana)
    assert "the next run sends them" in settled.output


def test_a_saved_plan_is_delivered_while_nothing_moved_and_refused_after(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    world.want(world.people("ana"))
    world.check("build-1", at=datetime.now(UTC))
    file = tmp_path / "plan.json"
    assert _invoke(world, monkeypatch, "plan", world.WEBHOOK, "--save", str(file)).exit_code == 0
    assert "ana" not in file.read_text()
    done = _invoke(world, monkeypatch, "sync", "--plan", str(file))
    assert (done.exit_code, receiver.held(world.WEBHOOK)) == (0, world.people("ana"))
    asked = len(receiver.received)
    again = _invoke(world, monkeypatch, "sync", "--plan", str(file))
    assert "no longer holds for sync_demo_webhook__cart_abandoners" in str(again.exception)
    assert len(receiver.received) == asked


@pytest.mark.parametrize("moved", ["a build", "an answer"])
def test_a_plan_is_refused_within_the_run_too(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, moved: str
) -> None:
    world.want(world.people("ana"))
    file = tmp_path / "plan.json"
    _invoke(world, monkeypatch, "plan", world.WEBHOOK, "--save", str(file))
    if moved == "a build":
        world.want(world.people("ana"), build="build-2")
    else:
        retry_of = "insert into activation.receipts (sync, outcome, recorded_at) values (?, 'retryable', now())"
        world.sql(retry_of, [world.WEBHOOK])
    refused = _invoke(world, monkeypatch, "sync", "--plan", str(file))
    assert "nothing was sent" in str(refused.exception)
    assert not receiver.received


def test_a_run_looks_again_under_its_lock_whether_its_plan_still_holds(world: World, receiver: Receiver) -> None:
    world.want(world.people("ana"))
    saved = Fingerprint("build-1", 0, None, 1, 0, 0)
    with pytest.raises(KindredError, match="no longer holds"):
        world.run(saved=replace(saved, adds=2))
    assert not receiver.received
    assert world.run(saved=saved).status == "succeeded"


def test_a_file_that_is_no_plan_and_a_plan_with_a_limit_are_refused(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "plan.json").write_text("[]")
    arguments = ("sync", "--plan", str(tmp_path / "plan.json"))
    assert "holds no plan" in str(_invoke(world, monkeypatch, *arguments).exception)
    assert _invoke(world, monkeypatch, *arguments, "--limit", "1").exit_code == 2


@pytest.fixture
def hubspot(world: World) -> Iterator[Serving]:
    with serving(FAKES["hubspot_list"]()) as one:
        world.environment.update(TOKEN=one.fake.token)
        table = {"type": "hubspot_list", "base_url": one.url, "token_env": "TOKEN", "list_id": "77"}
        quick = {"first_wait_seconds": 0.001, "rate_limit_wait_seconds": 1.0}
        lines = "\n".join(f"{name} = {json.dumps(value)}" for name, value in {**table, **quick}.items())
        world.settings.destinations.write_text(f'[demo_files]\ntype = "files"\n[demo_webhook]\n{lines}\n')
        yield one


def test_reconcile_finds_what_is_missing_what_is_not_ours_and_what_is_stale(
    world: World, hubspot: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.want(world.people("ana", "ben", "cem", firstname="A"))
    assert world.run().status == "succeeded"
    [found] = reconcile(world.settings, (world.WEBHOOK,), world.environment)
    assert (found.ok, found.held, found.missing, found.extra, found.stale) == (True, 3, 0, 0, 0)
    _spoil(hubspot)
    # Whoever has an update to come is not stale.
    world.want({**world.people("ana", "ben", firstname="A"), **world.people("cem", firstname="C")})
    hubspot.fail(Fault("rate_limit", "0.01"), Fault("error"))
    [found] = reconcile(world.settings, (world.WEBHOOK,), world.environment)
    assert (found.held, found.missing, found.extra, found.stale) == (3, 1, 1, 1)
    assert [what for what, _key, _fields in found.examples] == ["missing", "extra", "stale"]
    assert found.examples[2][2] == ("firstname",)
    shown = _invoke(world, monkeypatch, "reconcile", world.WEBHOOK)
    assert (shown.exit_code, "@" in shown.output) == (1, False)


def test_what_cannot_be_read_back_is_said_and_is_no_error(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.want(world.people("ana"))
    shown = _invoke(world, monkeypatch, "reconcile", world.WEBHOOK)
    assert (shown.exit_code, "cannot be read back" in shown.output) == (0, True)


def test_a_destination_that_does_not_let_us_in_is_not_taken_for_an_empty_one(world: World, hubspot: Serving) -> None:
    world.want(world.people("ana"))
    assert world.run().status == "succeeded"
    hubspot.fail(Fault("unauthorised"))
    [found] = reconcile(world.settings, (world.WEBHOOK,), world.environment)
    assert (found.ok, found.held, found.missing, "401" in str(found.message)) == (False, None, 0, True)


@pytest.mark.parametrize(
    ("sent", "shown", "same"),
    [
        (Decimal("1.50"), "1.5", True),
        (3, "3", True),
        (3, "4", False),
        (3, "three", False),
        (True, "true", True),
        (None, None, True),
        (None, "", True),
        (None, "x", False),
        ("x", "X", False),
    ],
)
def test_values_are_compared_as_text_and_numbers_as_numbers(sent: object, shown: object, same: bool) -> None:  # noqa: FBT001
    assert same_value(sent, shown) == same


def test_a_run_that_died_leaves_a_line_that_says_what_came_of_it(world: World, receiver: Receiver) -> None:
    world.configure(receiver.url, batch_size=1, timeout_seconds=30.0)
    world.want(world.people("ana", "ben", "cem"))
    receiver.fail(Fault("none"), Fault("late"))
    environment = {**os.environ, **world.environment, **world.settings.environment()}
    process = subprocess.Popen([sys.executable, "-c", _CODE, world.WEBHOOK, world.NOW.isoformat()], env=environment)
    deadline = time.monotonic() + 60
    while len(receiver.received) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert world.run().status == "succeeded"
    columns = "status, desired, adds, accepted, unknown, message, started_at"
    [dead, _alive] = world.sql(f"select {columns} from activation.sync_runs order by run_id")
    assert dead[:5] == ("failed", None, 3, 1, 1)
    assert (dead[5], dead[6]) == ("the run ended before it was finished", world.NOW.replace(tzinfo=None))


def test_a_run_that_died_while_it_wrote_its_spool_stops_nobody(world: World, receiver: Receiver) -> None:
    folder = new_folder(world.settings, Run(new_run_id(world.NOW), world.WEBHOOK, "demo_webhook", None))
    folder.records.write_bytes(b"ARROW1 and no more")
    world.want(world.people("ana"))
    assert world.run().status == "succeeded"
    assert receiver.held(world.WEBHOOK) == world.people("ana")


def test_the_name_of_a_run_says_when_it_started() -> None:
    moment = datetime(2026, 7, 2, 6, 0, 0, 12, tzinfo=UTC)
    assert started_at(new_run_id(moment)) == moment


@pytest.mark.parametrize("terminal", [True, False])
def test_a_bar_is_shown_on_a_terminal_only(world: World, terminal: bool) -> None:  # noqa: FBT001
    options = SyncOptions(now=lambda: world.NOW)
    console = Console(file=io.StringIO(), force_terminal=terminal, width=100)
    with progress_bar("a_sync", options, console) as shown:
        shown.expect(4)
        shown.advance(3)
    assert isinstance(console.file, io.StringIO)
    assert ("3/4" in console.file.getvalue()) == terminal
    assert replace(shown, expect=options.expect, advance=options.advance) == options


def test_the_kinds_are_listed_with_what_they_need_and_those_that_this_project_has() -> None:
    result = CliRunner().invoke(commands, ["destinations"])
    assert result.exit_code == 0
    kinds = {line.split()[0]: re.split(r"\s{2,}", line.strip()) for line in result.output.splitlines() if line}
    assert kinds["hubspot_list"] == ["hubspot_list", "HubSpot list", "token_env, list_id", "yes"]
    assert kinds["files"] == ["files", "Files on this machine"], "it needs no field, and nobody to play it"
    assert result.output.splitlines()[-1].endswith("destinations.toml has demo_files (files), demo_webhook (webhook).")


def test_destinations_that_are_none_are_named_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINDRED_DESTINATIONS", str(tmp_path / "destinations.toml"))
    (tmp_path / "destinations.toml").write_text("")
    assert (
        CliRunner()
        .invoke(commands, ["destinations"])
        .output.splitlines()[-1]
        .endswith("has none yet: docs/destinations.md says how.")
    )


def test_a_destination_is_played_until_it_is_stopped() -> None:
    # Whoever started the tests may ignore Ctrl-C, as a shell does for what runs in the background, and so would this.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    command = [sys.executable, "-u", "-m", "reverse_etl", "destinations", "serve", "hubspot_list"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(9)]
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    assert 'type = "hubspot_list"\n' in lines
    assert any(line.startswith('base_url = "http://127.0.0.1:') for line in lines)


def _spoil(hubspot: Serving) -> None:
    """Lose one, change one, and let somebody else write one."""
    fake: Any = hubspot.fake
    by_address = {contact["email"]: record_id for record_id, contact in fake.contacts.items()}
    fake.lists["77"].remove(by_address["ana@example.com"])
    fake.contacts[by_address["ben@example.com"]]["firstname"] = "B"
    fake.hold({"stranger@example.com": {}})


def _invoke(world: World, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    for name, value in {**world.environment, **world.settings.environment()}.items():
        monkeypatch.setenv(name, value)
    return CliRunner().invoke(commands, arguments)
