"""Processes take turns on the warehouse, and a dead one leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from warehouse import KindredError, Settings, connect, exclusive, shared

if TYPE_CHECKING:
    from pathlib import Path

HOLD = """
import sys, time
from pathlib import Path
from warehouse import Settings, exclusive
home = Path(sys.argv[1])
with exclusive(Settings(home, home, home / "destinations.toml")):
    print("held", flush=True)
    time.sleep(60)
"""

FOREIGN = """
import sys, time, duckdb
connection = duckdb.connect(sys.argv[1] + "/kindred.duckdb")
print("held", flush=True)
time.sleep(60)
"""

COUNT = """
import sys
from pathlib import Path
from warehouse import Settings, connect
home = Path(sys.argv[1])
for _ in range(5):
    with connect(Settings(home, home, home / "destinations.toml")) as connection:
        connection.execute("update counter set n = n + 1")
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, project=tmp_path, destinations=tmp_path / "destinations.toml")


def start(script: str, settings: Settings) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", script, str(settings.home)], stdout=subprocess.PIPE, text=True)


def holder(settings: Settings) -> subprocess.Popen[str]:
    process = start(HOLD, settings)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_readers_share(settings: Settings) -> None:
    with shared(settings), shared(settings, wait_seconds=0.1):
        pass


def test_a_second_writer_is_told_who_holds_it(settings: Settings) -> None:
    process = holder(settings)
    try:
        with pytest.raises(KindredError, match="Another Kindred process has held"), exclusive(settings, 0.2):
            pass
    finally:
        process.kill()
        process.wait()


def test_a_killed_holder_leaves_no_lock(settings: Settings) -> None:
    process = holder(settings)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    with exclusive(settings, wait_seconds=1):
        pass


def test_writers_at_the_same_time_lose_no_update(settings: Settings) -> None:
    with connect(settings) as connection:
        connection.execute("create table counter as select 0 as n")
    processes = [start(COUNT, settings) for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    with connect(settings, read_only=True) as connection:
        assert connection.execute("select n from counter").fetchone() == (15,)


def test_a_foreign_program_that_holds_the_file_is_named(settings: Settings) -> None:
    process = start(FOREIGN, settings)
    assert process.stdout is not None
    process.stdout.readline()
    try:
        with pytest.raises(KindredError, match="Another program holds the warehouse"), connect(settings):
            pass
    finally:
        process.kill()
        process.wait()


def test_a_file_that_is_no_database_is_one_sentence(settings: Settings) -> None:
    settings.database.write_bytes(b"not a database" * 1000)
    with pytest.raises(KindredError, match="cannot be opened"), connect(settings):
        pass


def test_no_warehouse_yet_says_what_to_run(settings: Settings) -> None:
    with pytest.raises(KindredError, match="run `kindred run` first"), connect(settings, read_only=True):
        pass
    assert not settings.database.exists()


def test_times_are_utc_whatever_the_machine_says(settings: Settings) -> None:
    with connect(settings) as connection:
        assert connection.execute("select current_setting('TimeZone')").fetchone() == ("UTC",)
