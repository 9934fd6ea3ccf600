"""What one account bears holds for every worker and every run that uses it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from reverse_etl._account import account
from reverse_etl.destinations._contract import Facts
from reverse_etl.receiver import Fault

if TYPE_CHECKING:
    from pathlib import Path

    from reverse_etl.receiver import Receiver
    from tests.reverse_etl.conftest import World

PAUSE = 0.4


def _at(name: str, **facts: Any) -> Any:
    taken = {"batch_size": 1, "max_bytes": None, "idempotent": True, "identifiers": (), "personal_data": "plain"}
    return SimpleNamespace(account=None, name=name, facts=Facts(**{**taken, **facts}))


def _turns(*accounts: Any, each: int) -> list[float]:
    """The times at which workers of these runs, two a run, may send; each so often."""

    def work(one: Any) -> list[float]:
        times = []
        for _ in range(each):
            one.turn()
            times.append(time.time())
        return times

    workers = [one for one in accounts for _ in range(2)]
    with ThreadPoolExecutor(len(workers)) as threads:
        return sorted(at for times in threads.map(work, workers) for at in times)


def test_a_pause_holds_for_all_workers_and_runs_of_the_account_and_for_no_other(tmp_path: Path) -> None:
    with (
        account(tmp_path, _at("one", connections=2)) as (first, mine),
        account(tmp_path, _at("one", connections=4)) as (second, theirs),
        account(tmp_path, _at("another", connections=2)) as (other, _),
    ):
        began = time.time()
        first.pause(PAUSE)
        second.pause(PAUSE / 4)  # a shorter one does not end a longer one
        assert _turns(other, each=1)[-1] - began < PAUSE
        assert _turns(first, second, each=1)[0] - began >= PAUSE
    assert (mine, theirs) == (2, 2)


def test_a_rate_is_that_of_all_runs_together(tmp_path: Path) -> None:
    with (
        account(tmp_path, _at("one", connections=2, requests_per_second=50)) as (first, _),
        account(tmp_path, _at("one", connections=4, requests_per_second=50)) as (second, _),
    ):
        times = _turns(first, second, each=3)
    assert times[-1] - times[0] >= (len(times) - 2) / 50  # a worker may be late to say when it was let go


def test_a_worker_that_is_told_to_slow_down_tells_the_account(world: World, receiver: Receiver) -> None:
    world.configure(receiver.url, connections=4, batch_size=1)
    world.want(world.people(*"abcdefghijklmnop"))
    receiver.fail(Fault("none"), Fault("rate_limit", "2"))
    with ThreadPoolExecutor(1) as thread:
        run = thread.submit(world.run)
        while 429 not in [one.status for one in receiver.received]:
            time.sleep(0.01)
        time.sleep(0.3)
        sent, (due,) = len(receiver.received), (world.settings.home / "accounts").glob("*.due")
        assert float(due.read_text()) - time.time() > PAUSE
        time.sleep(PAUSE)
        assert len(receiver.received) == sent < 16
        assert run.result().counts["accepted"] == 16
