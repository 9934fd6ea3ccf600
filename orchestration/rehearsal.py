"""`kindred rehearse`: build the project as its files stand now on a copy of the warehouse, and say what would change.

The copy holds everything that stands, also the logs of ids and receipts, so that old and new are compared on equal
footing: a project that nobody edited changes nothing. Nothing is sent, and the warehouse itself is only read, while it
is copied. Raw rows that were loaded since the last build are left out, unless the very models that read them were
edited: a rehearsal says what the edit does, not what a new day brings.
"""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.dbt import Dbt
from orchestration.dbt_events import build_without_tests
from orchestration.registry import write_registry
from orchestration.rehearsal_changes import COMPARED, compare
from warehouse import KindredError, Settings, connect, exclusive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.changes import Changes
    from orchestration.dbt import Manifest
    from orchestration.progress import Reporter

_COMPARED_FROM = ("kindred.identity", "+desired_records")
_ALL = ("resource_type:seed", "kindred.identity", "kindred.identity+,+desired_records")
_EDITED = tuple(f"state:modified+,{one}" for one in _COMPARED_FROM)


def rehearse(settings: Settings, reporter: Reporter) -> Changes:
    """What a run would do to customers and audiences if the project were applied as it stands now.

    Args:
        settings: where warehouse and project are; the warehouse is not written to.
        reporter: told what is being done.

    Raises:
        KindredError: nothing is built yet, or the project as it stands now cannot be built.
    """
    write_registry(settings)
    with _copy(settings, reporter) as copied:
        as_of, build_id = _standing(copied)
        reporter.phase("Building the project as it stands now, in the copy")
        known = _artifact(settings, "manifest") or {"nodes": {}}
        build_without_tests(Dbt(copied, as_of), _selection(settings, build_id, known), known, reporter)
        reporter.phase("Comparing")
        with connect(copied, read_only=True) as connection:
            return compare(connection, as_of)


@contextmanager
def _copy(settings: Settings, reporter: Reporter) -> Iterator[Settings]:
    """A home of its own with a copy of the warehouse, gone when the block ends; one rehearsal at a time."""
    folder = settings.home / "rehearsal"
    copied = replace(settings, home=folder / "home")
    with exclusive(replace(settings, home=folder)):
        try:
            reporter.phase("Copying the warehouse")
            _copy_database(settings, copied)
            yield copied
        finally:
            _remove_database(copied)


def _copy_database(settings: Settings, copied: Settings) -> None:
    copied.home.mkdir(parents=True, exist_ok=True)
    _remove_database(copied)
    with connect(settings, read_only=True):  # nobody of ours writes to it meanwhile
        try:
            for path in settings.home.glob(f"{settings.database.name}*"):
                shutil.copyfile(path, copied.home / path.name)
        except OSError as error:
            raise KindredError(
                f"The warehouse cannot be copied to {copied.home} ({error.strerror}): make room."
            ) from error


def _remove_database(copied: Settings) -> None:
    """The copy holds personal data; what dbt made of the project's text may stay and makes the next time quicker."""
    for path in copied.home.glob(f"{copied.database.name}*"):
        path.unlink()


def _standing(copied: Settings) -> tuple[str, str]:
    """Put aside what is compared later.

    Returns:
        The moment that the standing build looks back from, as UTC text, and the id of that build.

    Raises:
        KindredError: there is none.
    """
    try:
        with connect(copied) as connection:
            connection.execute("create schema standing")
            for schema, table in COMPARED:
                connection.execute(f"create table standing.{table} as select * from {schema}.{table}")
            as_of, build_id = connection.execute(_BUILD).fetchall()[0]
    except duckdb.CatalogException:
        as_of = None
    if as_of is None:
        raise KindredError("There is no build yet to compare with: run `kindred run` first.")
    return str(as_of), str(build_id)


def _selection(settings: Settings, build_id: str, known: Manifest) -> tuple[str, ...]:
    """What was edited since the standing build and all that depends on it, as far as it is compared.

    dbt knows it from the manifest of the standing build, but does not see variables: where the project's file was
    touched, or the project was read again after that build, all from identity on is built.
    """
    read, built = (artifact.get("metadata", {}) for artifact in (known, _artifact(settings, "run_results")))
    if not read or built.get("invocation_id") != build_id or _time_of(read) > _time_of(built):
        return ("--select", *_ALL)
    touched = (settings.project / "dbt_project.yml").stat().st_mtime
    return ("--select", *(_ALL if touched > _time_of(read) else ()), *_EDITED, "--state", str(settings.dbt_target))


def _time_of(metadata: dict[str, Any]) -> float:
    return datetime.fromisoformat(metadata["generated_at"]).timestamp()


def _artifact(settings: Settings, name: str) -> dict[str, Any]:
    """What the last dbt command wrote of that name; nothing if there was none."""
    path = settings.dbt_target / f"{name}.json"
    return dict(json.loads(path.read_text())) if path.exists() else {}


_BUILD = """
select
    (select strftime(max(as_of), '%Y-%m-%d %H:%M:%S') from customer_360.customers) as as_of,
    (select max(build_id) from standing.desired_records) as build_id
"""
