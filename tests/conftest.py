"""What more than one folder of tests needs: a whole warehouse, built once by the command that a user types."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from warehouse import REPOSITORY, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

PEOPLE = 2000
_DESTINATIONS = """
[demo_files]
type = "files"
directory = "outbox"

[demo_webhook]
type = "webhook"
url = "http://127.0.0.1:{port}/audiences"
secret_env = "KINDRED_WEBHOOK_SECRET"
"""


class Kindred(Protocol):
    """`kindred` as a user starts it."""

    def __call__(
        self, settings: Settings, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]: ...


def _kindred(
    settings: Settings, *arguments: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("kindred")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("KINDRED_", "DAGSTER_"))}
    variables = {**inherited, **settings.environment(), **(environment or {})}
    return subprocess.run([str(program), *arguments], env=variables, capture_output=True, text=True, check=False)


def _settings_in(home: Path) -> Settings:
    """The project with a home and destinations of its own; its webhook listens where nobody else does."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        destinations = home / "destinations.toml"
        destinations.write_text(_DESTINATIONS.format(port=probe.getsockname()[1]))
    return Settings(home=home, project=REPOSITORY / "dbt_project", destinations=destinations)


@pytest.fixture(scope="session")
def kindred() -> Kindred:
    return _kindred


@pytest.fixture(scope="session")
def new_home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The places of a warehouse that is not there yet."""
    return _settings_in(tmp_path_factory.mktemp("new_home"))


@pytest.fixture(scope="session")
def whole_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, subprocess.CompletedProcess[str]]:
    """The places and the output of one `kindred run` on a fresh home; read it, but change only a copy of it."""
    settings = _settings_in(tmp_path_factory.mktemp("whole_run"))
    result = _kindred(settings, "run", "--people", str(PEOPLE))
    assert result.returncode == 0, result.stderr + result.stdout
    return settings, result


@pytest.fixture
def built_warehouse(whole_run: tuple[Settings, subprocess.CompletedProcess[str]], tmp_path: Path) -> Settings:
    """A copy of the built warehouse, without Dagster's history, to do with as a test likes."""
    built, _ = whole_run
    home = tmp_path / "home"
    shutil.copytree(built.home, home, ignore=shutil.ignore_patterns("dagster", "raw", "*.lock"))
    return replace(built, home=home)
