"""What is missing on this machine, and what to do about it."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING

from orchestration.dbt import Dbt
from orchestration.destinations import check_destinations, is_local_webhook
from orchestration.raw_tables import check_raw_tables, raw_tables
from orchestration.registry import is_current, read_yaml
from warehouse import REPOSITORY, KindredError, connect, make_home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from warehouse import Settings

_PYTHONS = ((3, 11), (3, 12))
_FREE_BYTES = 2 * 1024**3


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `detail` says what is there, or what is missing and what to do."""

    what: str
    ok: bool
    detail: str


def examine(settings: Settings) -> list[Finding]:
    """Look at everything that a run needs; a thing that cannot be looked at counts as missing."""
    looks: dict[str, Callable[[Settings], str]] = {
        "Python": _python,
        "packages": _packages,
        "home": _home,
        "profile": _profile,
        "registry": _registry,
        "dbt project": _project,
        "warehouse": _warehouse,
        "raw tables": _raw_tables,
        "destinations": _destinations,
    }
    return [_look(what, look, settings) for what, look in looks.items()]


def _look(what: str, look: Callable[[Settings], str], settings: Settings) -> Finding:
    try:
        return Finding(what, ok=True, detail=look(settings))
    except KindredError as error:
        return Finding(what, ok=False, detail=str(error))


def _python(_settings: Settings) -> str:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] not in _PYTHONS:
        raise KindredError(f"This is Python {version}: make the environment again with Python 3.11 or 3.12.")
    return version


def _packages(_settings: Settings) -> str:
    wrong = list(_wrong_packages())
    if wrong:
        raise KindredError(f"{'; '.join(wrong)}: run `make run` again, or pip install -c constraints.txt -e .")
    return "installed as pyproject.toml asks"


def _wrong_packages() -> Iterator[str]:
    from packaging.requirements import Requirement  # noqa: PLC0415 - comes with dbt

    for requirement in map(Requirement, metadata.requires("kindred") or ()):
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            found = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            yield f"{requirement.name} is not installed"
            continue
        if found not in requirement.specifier:
            yield f"{requirement.name} is {found}, and {requirement.specifier} is needed"


def _home(settings: Settings) -> str:
    make_home(settings)
    free = shutil.disk_usage(settings.home).free
    if free < _FREE_BYTES:
        raise KindredError(
            f"The disk of {settings.home} has {free / 1024**3:.1f} GB left: make room, or set KINDRED_HOME."
        )
    return f"{settings.home}, {free / 1024**3:.0f} GB free"


def _profile(settings: Settings) -> str:
    own = settings.project / "profiles.yml"
    path = own if own.exists() else REPOSITORY / "dbt_project" / "profiles.yml"
    name = read_yaml(settings.project / "dbt_project.yml").get("profile")
    profile = read_yaml(path).get(str(name))
    if not profile:
        raise KindredError(f"{path} has no profile {name}, which {settings.project / 'dbt_project.yml'} names: add it.")
    return f"{name}, target {profile['target']}"


def _registry(settings: Settings) -> str:
    if not is_current(settings):
        raise KindredError("The registry is older than the YAML: run `kindred register`.")
    return "up to date"


def _project(settings: Settings) -> str:
    manifest = Dbt(settings).manifest()
    models = sum(node["resource_type"] == "model" for node in manifest["nodes"].values())
    return f"{settings.project}, {models} models"


def _warehouse(settings: Settings) -> str:
    with connect(settings, read_only=True, wait_seconds=5) as connection:
        connection.execute("select 1 from information_schema.tables limit 1").fetchall()
    return f"{settings.database}, {settings.database.stat().st_size / 1024**2:,.0f} MB"


def _raw_tables(settings: Settings) -> str:
    tables = raw_tables(Dbt(settings).manifest())
    check_raw_tables(settings, tables)
    return f"{len(tables)} tables as the sources declare them"


def _destinations(settings: Settings) -> str:
    manifest = Dbt(settings).manifest()
    lent = is_local_webhook(settings)
    check_destinations(settings, manifest, lend_secret=lent)
    return f"{settings.destinations}" + (", the local webhook gets its secret from each run" if lent else "")
