"""Run dbt inside this process: no second Python to start, and one place that says how dbt is called."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.build_order import attach_tests
from warehouse import REPOSITORY, KindredError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from dbt.cli.main import dbtRunnerResult
    from dbt_common.events.base_types import EventMsg

    from warehouse import Settings

Manifest = dict[str, Any]
_KEY = "kindred_manifest.key"


@dataclass
class _Reading:
    """What dbt has read of a project, and of which files, variables and environment; no key: nothing is kept."""

    key: str | None = None
    manifest: Any = None


_READING = _Reading()


@dataclass(frozen=True)
class Dbt:
    """The dbt project of one installation.

    Attributes:
        settings: where project and database are.
        as_of: the moment that the models look back from, as UTC text; None leaves it to the project.
        known_at: rows that were loaded from this moment on are not read, as UTC text; None reads them all.
    """

    settings: Settings
    as_of: str | None = None
    known_at: str | None = None

    @property
    def target(self) -> Path:
        """The folder of dbt's artifacts: the manifest, compiled queries, results."""
        return self.settings.dbt_target

    @property
    def run_results(self) -> Path:
        """What the last invocation did with each node."""
        return self.target / "run_results.json"

    def invoke(self, *arguments: str, on_event: Callable[[EventMsg], None] | None = None) -> dbtRunnerResult:
        """Run one dbt command to its end; the database is closed again when it returns.

        Args:
            arguments: the command and its options, without those that say where things are.
            on_event: called for each of dbt's events, in the thread that dbt works in.
        """
        from dbt.cli.main import dbtRunner  # noqa: PLC0415 - two seconds that most commands do without

        # This process holds the database while dbt works, so dbt need not open it for each query anew.
        os.environ.update(self.settings.environment(), KINDRED_KEEP_OPEN="True")
        read = self._read() if arguments[0] == "build" else None
        with _working_directory_kept(), garbage_left():
            try:
                return dbtRunner(manifest=read, callbacks=[on_event] if on_event else []).invoke(
                    [*arguments, *self._options(arguments)]
                )
            finally:
                _close_connections()

    def _read(self) -> Any:
        """The project as dbt holds it; None leaves it to the command to read it, and to say what is wrong with it."""
        if _READING.key is None:
            return None
        key = f"{self.key()} {sorted(os.environ.items())}"
        if _READING.key != key:
            result = self.invoke("parse")
            _READING.key, _READING.manifest = (key, result.result) if result.success else ("", None)
            gc.freeze()  # it stays, so nobody need look through it
        return _READING.manifest

    def manifest(self) -> Manifest:
        """The parsed project; parsed anew only if a file of it changed.

        Raises:
            KindredError: dbt cannot read the project.
        """
        path = self.target / "manifest.json"
        key = self.key()
        if not (path.exists() and _read(self.target / _KEY) == key):
            self.install_packages()
            result = self.invoke("parse")
            if not result.success:
                raise KindredError(f"dbt cannot read the project {self.settings.project}: {one_line(result.exception)}")
            (self.target / _KEY).write_text(key)
        return attach_tests(json.loads(path.read_text()))

    def install_packages(self) -> None:
        """Link the packages that the project names, once.

        Raises:
            KindredError: dbt cannot install them.
        """
        project = self.settings.project
        if not (project / "packages.yml").exists() or (project / "dbt_packages").exists():
            return
        result = self.invoke("deps")
        if not result.success:
            raise KindredError(f"dbt cannot install the packages of {project}: {one_line(result.exception)}")

    def _options(self, arguments: Sequence[str]) -> Sequence[str]:
        project = self.settings.project
        profiles = project if (project / "profiles.yml").exists() else REPOSITORY / "dbt_project"
        places = (
            "--project-dir",
            str(project),
            "--profiles-dir",
            str(profiles),
            "--log-path",
            str(self.target / "logs"),
        )
        logging = ("--log-level", "none", "--log-level-file", "info")
        if arguments[0] == "deps":  # it makes no artifacts and reads no variables
            return (*places, *logging)
        variables = ("--vars", json.dumps(self._variables())) if self._variables() else ()
        return (*places, *logging, "--target-path", str(self.target), *variables)

    def _variables(self) -> dict[str, str]:
        named = {"as_of": self.as_of, "known_at": self.known_at}
        return {name: value for name, value in named.items() if value}

    def key(self) -> str:
        """Changes when a file of the project, its packages or the variables do."""
        digest = hashlib.sha256(f"{self._variables()}".encode())
        for path in sorted(_project_files(self.settings.project)):
            status = path.stat()
            digest.update(f"{path}:{status.st_mtime_ns}:{status.st_size}\n".encode())
        return digest.hexdigest()


@contextlib.contextmanager
def read_once() -> Iterator[None]:
    """While the block runs, builds share one reading of the project, until a file, variable or the environment changes.

    dbt itself notices none of that where it is handed a project. To read it takes longer than fifty of its tests.
    """
    _READING.key = ""
    try:
        yield
    finally:
        _READING.key = _READING.manifest = None
        gc.unfreeze()


def one_line(error: BaseException | str | None) -> str:
    """An error's text on one line, without dbt's decoration."""
    text = " ".join(str(error or "no reason given").split())
    return text if text.endswith(".") else f"{text}."


@contextlib.contextmanager
def garbage_left() -> Iterator[None]:
    """Python seldom looks for garbage in the block.

    A project as dbt reads it is a million objects: looking through them over and over was a fifth of dbt's time. Not to
    look at all is no faster and takes half a gigabyte more in a run.
    """
    before = gc.get_threshold()
    gc.set_threshold(1_000_000, 5, 5)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _project_files(project: Path) -> Iterator[Path]:
    packages = project / "dbt_packages"
    roots = [project, *(packages.iterdir() if packages.exists() else ())]
    for root in roots:
        yield from (path for path in root.glob("*.yml") if path.is_file())
        for folder in ("models", "macros", "seeds", "tests", "snapshots"):
            yield from (path for path in (root / folder).rglob("*") if path.is_file())


def _read(path: Path) -> str | None:
    return path.read_text() if path.exists() else None


@contextlib.contextmanager
def _working_directory_kept() -> Iterator[None]:
    """Dbt moves into the project's folder and stays there."""
    before = os.getcwd()  # noqa: PTH109
    try:
        yield
    finally:
        os.chdir(before)


def _close_connections() -> None:
    """Dbt keeps a DuckDB file locked after it returns, unless told to let go."""
    with contextlib.suppress(ImportError):
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # noqa: PLC0415

        close: Callable[[], None] = DuckDBConnectionManager.close_all_connections
        close()
