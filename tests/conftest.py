"""What more than one folder of tests needs: a whole warehouse, built once by the command that a user types."""

from __future__ import annotations

import gc
import os
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import pytest
from dbt.cli.main import dbtRunner

from tests.bad_rows import write_bad_rows
from warehouse import REPOSITORY, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from dbt.contracts.graph.manifest import Manifest

    Copied = Callable[[], AbstractContextManager[Settings]]

PEOPLE = 2000
LEFT_OUT = ("dagster", "raw", "*.lock", "run", "*.yml")
"""Of a copy: Dagster's history, and of what dbt left two thousand small files, the queries of tests among them."""
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
    home.mkdir(exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        destinations = home / "destinations.toml"
        destinations.write_text(_DESTINATIONS.format(port=probe.getsockname()[1]))
    return Settings(home=home, project=REPOSITORY / "dbt_project", destinations=destinations)


@pytest.fixture(scope="module", autouse=True)
def _garbage_waits() -> Iterator[None]:
    """Python looks for garbage between modules: what dbt has read is a million objects, looked at over and over."""
    gc.disable()
    yield
    gc.collect()


@pytest.fixture(scope="session")
def kindred() -> Kindred:
    return _kindred


@pytest.fixture(scope="session")
def core(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """The project as dbt reads it, which takes ten seconds; to be given to a `dbtRunner`."""
    project = str(REPOSITORY / "dbt_project")
    target = str(tmp_path_factory.mktemp("core"))
    places = ("--project-dir", project, "--profiles-dir", project, "--target-path", target, "--log-path", target)
    outcome = dbtRunner().invoke(["--quiet", "--no-write-json", "parse", *places])
    assert outcome.success, outcome.exception
    return cast("Manifest", outcome.result)


@pytest.fixture(scope="session")
def whole_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, subprocess.CompletedProcess[str]]:
    """The places and the output of one `kindred run`, over people and rows that no source should write.

    Read it, but change only a copy of it.
    """
    settings = _settings_in(tmp_path_factory.mktemp("whole_run") / "home")
    made = _kindred(settings, "demo", "--people", str(PEOPLE))
    assert made.returncode == 0, made.stderr
    write_bad_rows(settings)
    result = _kindred(settings, "run")
    assert result.returncode == 0, result.stderr + result.stdout
    return settings, result


@pytest.fixture(scope="session")
def copied(whole_run: tuple[Settings, subprocess.CompletedProcess[str]]) -> Copied:
    """Copies of the built warehouse, one at a time.

    A copy stands where the run was made, which waits beside it: dbt reads a project anew if its database has moved.
    """
    settings, _ = whole_run
    as_built = settings.home.with_name("as_built")

    @contextmanager
    def copy() -> Iterator[Settings]:
        settings.home.rename(as_built)
        try:
            shutil.copytree(as_built, settings.home, ignore=shutil.ignore_patterns(*LEFT_OUT))
            yield settings
        finally:
            shutil.rmtree(settings.home)
            as_built.rename(settings.home)

    return copy


@pytest.fixture
def built_warehouse(copied: Copied) -> Iterator[Settings]:
    """A copy of the built warehouse to do with as a test likes."""
    with copied() as settings:
        yield settings
