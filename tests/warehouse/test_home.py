"""A home that cannot be written to: one sentence to whoever writes, and no hindrance to whoever reads."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from warehouse import KindredError, Settings, connect, make_home, what_cannot_be_used

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

READ = "from warehouse import Settings, connect\nwith connect(Settings.from_env(), read_only=True): print('read')"
WRITE = "from warehouse import Settings, make_home\nmake_home(Settings.from_env())"
# Root may write everywhere, unless it gives that up.
_AS_ANYBODY = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()


def settings_of(home: Path) -> Settings:
    return Settings(home, home, home / "destinations.toml")


@pytest.fixture
def shut(tmp_path: Path) -> Iterator[Path]:
    if _AS_ANYBODY and not shutil.which(_AS_ANYBODY[0]):
        pytest.skip("root cannot be kept from writing here")
    home = tmp_path / "home"
    with connect(settings_of(home)) as connection:
        connection.execute("create table found as select 1")
    for path in (*home.iterdir(), home):
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield home
    home.chmod(0o755)


def python(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "KINDRED_HOME": str(home), "KINDRED_WEBHOOK_SECRET": "s"}
    command = [*_AS_ANYBODY, sys.executable, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_whoever_may_not_write_may_read(shut: Path) -> None:
    assert python(shut, "-c", READ).stdout == "read\n"


def test_whoever_may_not_write_is_told_before_anything_is_done(shut: Path) -> None:
    assert f"KindredError: The folder {shut} cannot be written to: make it writable" in python(shut, "-c", WRITE).stderr


@pytest.mark.parametrize("command", ["orchestration.cli sync", "reverse_etl.cli receive --port 0"])
def test_a_file_that_cannot_be_written_is_one_sentence_and_exit_code_1(shut: Path, command: str) -> None:
    module, *arguments = command.split()
    code = f"import sys; from {module} import main; sys.argv[1:] = {arguments}; main()"
    result = python(shut, "-c", code)
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "cannot be used" in result.stderr


def test_a_home_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(KindredError, match=r"cannot be made .* set KINDRED_HOME to another one"):
        make_home(settings_of(tmp_path / "file" / "home"))


def test_only_what_a_person_can_mend_is_said_in_a_sentence(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    full = OSError(errno.ENOSPC, "No space left on device")
    assert str(what_cannot_be_used(full, settings)).startswith(f"{tmp_path} cannot be used (No space left on device)")
    assert what_cannot_be_used(sqlite3.OperationalError("attempt to write a readonly database"), settings)
    assert what_cannot_be_used(sqlite3.OperationalError("no such table: readings"), settings) is None
    assert what_cannot_be_used(FileNotFoundError(errno.ENOENT, "No such file", "models.yml"), settings) is None
