"""The command line: what it prints, what it leaves with, and what it never says."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from rich.console import Console

from reverse_etl import render_plan, render_runs, render_status, status, to_json
from reverse_etl.cli import commands, main
from reverse_etl.fakes._webhook_store import Store
from reverse_etl.receiver import Fault
from warehouse import KindredError

if TYPE_CHECKING:
    from click.testing import Result

    from reverse_etl.receiver import Receiver
    from tests.reverse_etl.conftest import World


def test_a_plan_says_whom_it_reaches_whom_it_leaves_out_and_why(world: World) -> None:
    world.want(world.people("ana", "ben"))
    for gate, reason, members in ((8, "holdout", 9), (5, "lower priority", 1), (2, "no consent", 3)):
        world.sql(
            "insert into activation.audience_decisions"
            " select ?, 'cart_abandoners', i, 'withhold', ?, ?, null, null, null from range(?) t(i)",
            [world.WEBHOOK, gate, reason, members],
        )
    plan = world.plan()
    assert plan.withheld == (("no consent", 3), ("lower priority", 1), ("holdout", 9))
    shown = _shown(world)
    for words in (
        "cart_abandoners",
        "15 members - 3 no consent - 1 lower priority - 9 holdout = 2 in the audience",
        "yes",
    ):
        assert words in shown


def test_a_plan_says_which_guard_trips(world: World) -> None:
    world.want(world.people("ana"), gates=False)
    assert "guard quality_gates: not checked yet: dbt_tests, customers, outgoing" in _shown(world)


def test_plan_and_status_as_json_name_every_figure(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.want(world.people("ana"))
    plans = json.loads(_invoke(world, monkeypatch, "plan", world.WEBHOOK, "--json").output)
    assert (plans[0]["adds"], plans[0]["removals"], plans[0]["build_id"]) == (1, 0, "build-1")
    assert {guard["guard"] for guard in plans[0]["guards"]} >= {"quality_gates", "removal_share", "permissions"}
    states = json.loads(_invoke(world, monkeypatch, "status", "--json").output)
    assert [one["sync"] for one in states] == [world.FILES, world.WEBHOOK]
    assert states[1]["health"] == "never run"


def test_sync_delivers_and_leaves_with_0(world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    world.want(world.people("ana"))
    world.check("build-1", at=datetime.now(UTC))
    done = _invoke(world, monkeypatch, "sync")
    assert (done.exit_code, "succeeded" in done.output) == (0, True)
    assert receiver.held(world.WEBHOOK) == world.people("ana")


def test_sync_leaves_with_1_when_a_record_is_rejected(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.want(world.people("ana", "ben"))
    world.check("build-1", at=datetime.now(UTC))
    receiver.refuse("ana@example.com")
    done = _invoke(world, monkeypatch, "sync", world.WEBHOOK)
    assert (done.exit_code, "1 of 2 records were not taken" in done.output) == (1, True)


def test_sync_leaves_with_1_when_a_guard_blocks_and_so_does_its_dry_run(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.want(world.people("ana"), gates=False)
    assert _invoke(world, monkeypatch, "sync", world.WEBHOOK).exit_code == 1
    assert _invoke(world, monkeypatch, "sync", world.WEBHOOK, "--dry-run").exit_code == 1
    assert _invoke(world, monkeypatch, "plan", world.WEBHOOK).exit_code == 0
    assert not receiver.received
    assert world.sql("select status from activation.sync_runs") == [("blocked",)]


def test_what_is_wrong_is_one_line_and_exit_code_1(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _environment(world, monkeypatch)
    monkeypatch.setattr("sys.argv", ["reverse_etl", "plan", "nothing"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 1
    assert capsys.readouterr().err.startswith("There is no sync nothing in the warehouse")


def test_a_wrong_option_is_exit_code_2(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _invoke(world, monkeypatch, "sync", "--accept", "quality_gates").exit_code == 2
    assert _invoke(world, monkeypatch, "sync", "--limit", "0").exit_code == 2


def test_status_tells_delivered_from_audience_and_names_the_trouble(world: World, receiver: Receiver) -> None:
    world.want(world.people("ana", "ben", "cem"))
    receiver.refuse("ana@example.com")
    world.run()
    one = status(world.settings, (world.WEBHOOK,))[0]
    assert (one.audience, one.delivered, one.waiting, one.rejected, one.health) == (3, 2, 0, 1, "rejections")
    world.want(world.people("ben", "cem", "dan"))
    assert status(world.settings, (world.WEBHOOK,))[0].health == "behind"
    receiver.refuse()
    world.run()
    healthy = status(world.settings, (world.WEBHOOK,))[0]
    assert (healthy.health, len(healthy.runs), healthy.runs[0].status) == ("healthy", 2, "succeeded")
    console = Console(file=io.StringIO(), width=200)
    console.print(render_status([one, healthy]))


def test_the_last_runs_are_listed_with_what_each_set_out_to_send_on_a_page_of_80_columns(
    world: World, receiver: Receiver
) -> None:
    receiver.refuse("ana@example.com")
    world.want(world.people("ana", "ben", "cem"))
    world.run()
    world.want(world.people("ben", "dan"))
    world.run()
    console = Console(file=io.StringIO(), width=80)
    console.print(render_runs(status(world.settings, (world.WEBHOOK,))), highlight=False)
    assert isinstance(console.file, io.StringIO)
    heading, *lines = console.file.getvalue().splitlines()
    assert heading.split() == ["sync", "began", "took", "status", "add", "update", "remove", "accepted", "rejected"]
    figures = [
        line.split()[-5:] for line in lines if "succeeded" in line or "incomplete" in line or "rejections" in line
    ]
    assert figures == [["1", "0", "1", "2", "0"], ["3", "0", "0", "2", "1"]], "the latest first"


def test_nothing_that_is_printed_or_logged_names_a_person(
    world: World, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    world.want(world.people("ana", "ben", "cem", "dan"))
    receiver.refuse("ana@example.com")
    receiver.fail(Fault("none"), Fault("error"), Fault("drop"), Fault("rate_limit"))
    result = world.run()
    reasons = " ".join(str(row) for row in world.sql("select reason, outcome from activation.receipts"))
    printed = to_json([result]) + _shown(world) + to_json(status(world.settings)) + repr(result)
    for said in (caplog.text, reasons, printed):
        assert "example.com" not in said
        assert world.customer_of("ana@example.com") not in said


def test_the_receiver_runs_by_itself_and_fails_when_told_to(world: World) -> None:
    command = [sys.executable, "-m", "reverse_etl", "receive", "--port", "0", "--fail", "error"]
    environment = {**os.environ, **world.environment, **world.settings.environment()}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            world.configure(process.stdout.readline().split()[2].rstrip(";"))
            world.want(world.people("ana"))
            assert world.run().status == "succeeded"
        finally:
            process.kill()  # a shell that ignores SIGTERM hands that on
    assert Store.at(world.settings.home / "webhook" / "received.sqlite").held(world.WEBHOOK) == world.people("ana")


@pytest.mark.parametrize("text", ["nonsense", "error*0", "rate_limit=*2", ""])
def test_a_fault_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(KindredError, match="is no fault"):
        Fault.parse(text)


def test_faults_are_read_from_the_command_line() -> None:
    assert Fault.parse("rate_limit=2.5*3") == Fault("rate_limit", "2.5", 3)
    assert replace(Fault("error"), times=2).each() == [Fault("error"), Fault("error")]


def _shown(world: World) -> str:
    console = Console(file=io.StringIO(), width=200)
    console.print(render_plan([world.plan()]))
    output = console.file
    assert isinstance(output, io.StringIO)
    return output.getvalue()


def _environment(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**world.environment, **world.settings.environment()}.items():
        monkeypatch.setenv(name, value)


def _invoke(world: World, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    _environment(world, monkeypatch)
    return CliRunner().invoke(commands, arguments)
