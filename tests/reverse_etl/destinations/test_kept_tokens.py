"""Refresh tokens that the vendor replaces whenever one is used, and voids all of when a used one comes back."""

from __future__ import annotations

import json
import logging
import os
import resource
import signal
import stat
import time
from dataclasses import replace
from multiprocessing import get_context
from typing import TYPE_CHECKING

import pytest

from reverse_etl._errors import RetryLater, StopDelivery
from reverse_etl.destinations import KINDS
from reverse_etl.destinations._contract import Configured, Secret
from reverse_etl.destinations._grants import fetcher
from reverse_etl.fakes import FAKES, Reply, serving
from reverse_etl.fakes._faults import Fault
from reverse_etl.fakes._tokens import NOBODYS, WithTokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from reverse_etl.fakes import Call, Serving
    from tests.reverse_etl.conftest import World

FIRST = "the token in the environment"
TABLE = {
    "object": "Contact",
    "external_id_field": "email",
    "status_field": "In_Audience__c",
    "key": "email",
    "grant": "refresh_token",
    "client_id": "app",
    "token_env": "TOKEN",
    "attempts": 3,
    "first_wait_seconds": 0.001,
    "longest_wait_seconds": 0.01,
    "timeout_seconds": 5.0,
}


@pytest.fixture
def vendor(world: World) -> Iterator[Serving]:
    """A Salesforce org whose refresh tokens are good for one use."""
    fake = WithTokens(inner=FAKES["salesforce"](external_id_field="email"), replaced=FIRST)  # type: ignore[call-arg]
    with serving(fake) as one:
        world.environment["TOKEN"] = FIRST
        lines = "\n".join(f"{name} = {json.dumps(value)}" for name, value in {**TABLE, "base_url": one.url}.items())
        world.settings.destinations.write_text(f'[demo_webhook]\ntype = "salesforce"\n{lines}\n')
        yield one


def test_each_run_goes_on_with_the_token_that_the_last_one_was_given(
    world: World, vendor: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for names in ("ab", "bc", "cd"):
        world.want(world.people(*names))
        assert world.run().status == "succeeded"
        assert set(vendor.fake.held()) == set(world.people(*names))
    assert (vendor.fake.given, _kept(world)) == (3, ["refresh token 3"])  # type: ignore[attr-defined]
    assert not [said for said in (FIRST, "refresh token") if said in caplog.text]


def test_what_is_kept_is_its_owners_alone_and_not_named_by_the_secret(world: World, vendor: Serving) -> None:
    world.want(world.people("a"))
    before = os.umask(0)
    try:
        world.run()
    finally:
        os.umask(before)
    assert vendor.fake.held()
    folder = world.settings.home / "tokens"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = sorted(folder.iterdir())
    assert [path.suffix for path in files] == ["", ".lock"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert FIRST not in "".join(path.name + path.read_text() for path in files)


def test_a_token_that_ends_within_a_run_is_renewed_with_the_new_one(world: World, vendor: Serving) -> None:
    vendor.fake.ends_after = 3  # type: ignore[attr-defined]
    people = world.people(*(f"p{number}" for number in range(900)))
    world.want(people)
    assert world.run().status == "succeeded"
    assert set(vendor.fake.held()) == set(people)
    assert vendor.fake.given == 2  # type: ignore[attr-defined]


def test_processes_that_ask_at_once_do_not_void_each_others_tokens(world: World, vendor: Serving) -> None:
    vendor.delay_seconds = 0.02
    ask = _fetcher(world, vendor)
    processes = [get_context("fork").Process(target=_repeatedly, args=(ask, 5)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert (vendor.fake.given, _kept(world)) == (15, ["refresh token 15"])  # type: ignore[attr-defined]


def test_a_run_that_dies_before_it_keeps_the_new_token_is_named_until_a_secret_is_newly_set(
    world: World, vendor: Serving
) -> None:
    vendor.fail(Fault("late", "1"))
    process = get_context("fork").Process(target=_fetcher(world, vendor), daemon=True)
    process.start()
    while not vendor.fake.given:  # type: ignore[attr-defined]
        time.sleep(0.001)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    world.want(world.people("a"))
    for _ in range(2):
        result = world.run()
        assert result.status == "failed"
        assert "lost before it was kept: authorise again and set TOKEN." in (result.message or "")
    _authorise_again(world, vendor, "a new secret")
    assert world.run().status == "succeeded"
    assert world.run().status == "succeeded"


def test_an_answer_that_was_lost_is_named_once_its_token_is_refused(world: World, vendor: Serving) -> None:
    vendor.fail(Fault("drop"))
    world.want(world.people("a"))
    result = world.run()
    assert result.status == "failed"
    assert "lost before it was kept: authorise again and set TOKEN." in (result.message or "")
    assert vendor.fake.replaced == NOBODYS  # type: ignore[attr-defined]


@pytest.mark.parametrize("fault", [Fault("close"), Fault("error"), Fault("unavailable"), Fault("rate_limit", "0")])
def test_a_vendor_that_replaced_nothing_is_asked_again_with_the_same_token(
    world: World, vendor: Serving, fault: Fault
) -> None:
    vendor.fail(fault)
    world.want(world.people("a"))
    assert world.run().status == "succeeded"
    assert not list((world.settings.home / "tokens").glob("*.asked"))


def test_a_secret_that_is_newly_set_counts_at_once(world: World, vendor: Serving) -> None:
    world.want(world.people("a"))
    world.run()
    _authorise_again(world, vendor, "a new secret")
    world.want(world.people("b"))
    assert world.run().status == "succeeded"
    assert _kept(world) == ["refresh token 1", "refresh token 2"]


def test_a_kept_token_that_is_void_is_told_from_the_one_in_the_environment(world: World, vendor: Serving) -> None:
    world.want(world.people("a"))
    world.run()
    vendor.fake.replaced = "somebody took it back"  # type: ignore[attr-defined]
    world.want(world.people("b"))
    message = world.run().message or ""
    assert "The refresh token that took the place of TOKEN is void: authorise again and set TOKEN." in message
    vendor.fake.accepts = lambda _form: False  # type: ignore[attr-defined]
    world.environment["TOKEN"] = "wrong from the start"  # noqa: S105 - no secret
    for _ in range(2):
        assert (world.run().message or "").endswith("(invalid_grant): look at grant, client_id and TOKEN.")


def test_a_client_that_is_refused_is_not_told_to_authorise_again(world: World, vendor: Serving) -> None:
    ask = _fetcher(world, vendor)
    ask()
    vendor.fake.answer = lambda _call: Reply(401, {"error": "invalid_client"})  # type: ignore[method-assign]
    with pytest.raises(StopDelivery, match=r"\(invalid_client\): look at grant, client_id and TOKEN\.$"):
        ask()


@pytest.mark.parametrize("broken", ["the token", "its draft", "the folder"])
def test_a_file_that_cannot_be_read_or_written_is_said_before_anything_is_asked_for(
    world: World, vendor: Serving, broken: str
) -> None:
    world.want(world.people("a"))
    world.run()
    [path] = [path for path in (world.settings.home / "tokens").iterdir() if not path.suffix]
    if broken == "the folder":
        for one in path.parent.iterdir():
            one.unlink()
        path.parent.rmdir()
        path.parent.write_text("no folder")
    else:
        path = path if broken == "the token" else path.with_suffix(".new")
        path.unlink(missing_ok=True)
        path.mkdir()
    world.want(world.people("b"))
    result = world.run()
    assert result.status == "failed"
    assert "the refresh token that follows TOKEN is kept: nothing was asked for." in (result.message or "")
    assert str(world.settings.home / "tokens") in (result.message or "")
    assert vendor.fake.given == 1  # type: ignore[attr-defined]


def test_a_disk_that_is_full_when_the_new_token_comes_is_said_and_the_token_not_used(
    world: World, vendor: Serving
) -> None:
    ask = _fetcher(world, vendor)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        with pytest.raises(StopDelivery, match=r"cannot be kept in .* authorise again and set TOKEN"):
            ask()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    with pytest.raises(StopDelivery, match="lost before it was kept: authorise again and set TOKEN"):
        ask()


def test_an_answer_that_cannot_be_read_may_have_held_the_new_token(world: World, vendor: Serving) -> None:
    ask, answer = _fetcher(world, vendor), vendor.fake.answer

    def torn(call: Call) -> Reply:
        return replace(answer(call), body=b"{")

    vendor.fake.answer = torn  # type: ignore[method-assign]
    with pytest.raises(StopDelivery, match="missing_token"):
        ask()
    vendor.fake.answer = answer  # type: ignore[method-assign]
    with pytest.raises(StopDelivery, match="lost before it was kept"):
        ask()


def test_nothing_is_kept_of_a_vendor_whose_refresh_tokens_last(world: World, vendor: Serving) -> None:
    vendor.fake.replaced = None  # type: ignore[attr-defined]
    ask = _fetcher(world, vendor)
    for _ in range(2):
        ask()
    vendor.fail(Fault("error"))
    with pytest.raises(RetryLater):
        ask()
    ask()
    assert _kept(world) == []
    assert [path.suffix for path in (world.settings.home / "tokens").iterdir()] == [".lock"]


def _fetcher(world: World, vendor: Serving) -> Callable[[], tuple[str, float | None]]:
    settings = KINDS["salesforce"].settings(**{**TABLE, "base_url": vendor.url})
    secrets = {"token": Secret(world.environment["TOKEN"])}
    return fetcher(Configured("a_destination", KINDS["salesforce"], settings, secrets), world.settings.home)


def _repeatedly(ask: Callable[[], object], times: int) -> None:
    for _ in range(times):
        ask()


def _authorise_again(world: World, vendor: Serving, token: str) -> None:
    world.environment["TOKEN"] = token
    vendor.fake.replaced = token  # type: ignore[attr-defined]


def _kept(world: World) -> list[str]:
    """The tokens that are kept, the oldest first."""
    paths: list[Path] = [path for path in (world.settings.home / "tokens").iterdir() if not path.suffix]
    return [path.read_text() for path in sorted(paths, key=lambda path: path.stat().st_mtime)]
