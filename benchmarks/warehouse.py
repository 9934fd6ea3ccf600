"""A scratch warehouse: the identity part of the dbt project alone, over rows that the caller gives."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import duckdb
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from orchestration.dbt import garbage_left
from orchestration.registry_text import render
from warehouse import KindredError, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from dbt.contracts.graph.manifest import Manifest

OUTBOX = (
    *("receipts", "standing_receipts", "current_receipts", "repeated_keys", "receipt_states"),
    *("unsettled_keys", "unsettled_states", "compared_records", "pending_records", "delivered_records", "sync_runs"),
)
"""The models between receipts and what is pending."""

SEEDS = ("identifier_rules", "identifier_limits", "identity_overrides", "blocked_values")
"""The seeds that the identity models read."""

_STAGED = """
select
    cast(record_id as varchar) as record_id,
    cast(source as varchar) as source,
    cast(observed_at as timestamp) as occurred_at,
    cast(loaded_at as timestamp) as loaded_at,
    cast(identifier_type as varchar) as identifier_type,
    cast(identifier_value as varchar) as identifier_value
from raw.observations
"""
_NO_OBSERVATIONS = """
select null::varchar as record_id, null::varchar as source, null::varchar as identifier_type,
    null::varchar as identifier_value, null::timestamp as observed_at, null::timestamp as loaded_at,
    null::varchar as first_name
where false
"""
_UNIONS = """
{% macro default__registered_feed(feed) %}{{ return([]) }}{% endmacro %}
{% macro union_identifier_observations() %}select * from {{ ref('stg_observations') }}{% endmacro %}
{% macro union_attributes() %}
    select record_id, source, observed_at as occurred_at, loaded_at, 'first_name' as attribute, first_name as value
    from raw.observations where first_name is not null
{% endmacro %}
"""


@dataclass(frozen=True)
class Scratch:
    """One dbt project in a folder of its own, with its DuckDB file.

    Attributes:
        folder: the project; the models of the caller go to `models/`.
        name: of the DuckDB file, and so of its catalog, which views remember.
        manifest: the project as dbt has read it; None lets each command read it.
    """

    folder: Path
    name: str = "scratch"
    manifest: Manifest | None = None

    @property
    def database(self) -> Path:
        """The DuckDB file."""
        return self.folder / f"{self.name}.duckdb"

    def connect(self) -> duckdb.DuckDBPyConnection:
        """Open the database; close it before dbt runs."""
        return duckdb.connect(str(self.database))

    def read_once(self) -> Scratch:
        """The same for commands that differ in rows, in the text of seeds and in variables: only now it is read."""
        read = dbtRunner().invoke(["--no-write-json", "parse", *self._flags({})])
        return replace(self, manifest=cast("Manifest", read.result))

    def dbt(self, *arguments: str, variables: Mapping[str, str] | None = None) -> list[Any]:
        """Run dbt in this process and give the file back.

        Args:
            arguments: the command and its options.
            variables: for the models.

        Returns:
            dbt's results, one a node.

        Raises:
            KindredError: dbt failed; the message is its own.
        """
        silent = ("--no-write-json",) if self.manifest else ()  # what is known need not be written down
        with garbage_left():
            result = dbtRunner(manifest=self.manifest).invoke([*silent, *arguments, *self._flags(variables or {})])
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
        nodes = list(getattr(result.result, "results", None) or [])
        if not result.success:
            failed = [f"{node.node.name}: {node.message}" for node in nodes if node.status in ("error", "fail")]
            raise KindredError("; ".join(failed) or str(result.exception))
        return nodes

    def _flags(self, variables: Mapping[str, str]) -> list[str]:
        folder = str(self.folder)
        quiet = [
            "--quiet",
            "--log-level",
            "none",
            "--log-level-file",
            "none",
            "--vars",
            yaml.safe_dump(dict(variables)),
        ]
        return ["--project-dir", folder, "--profiles-dir", folder, "--target-path", f"{folder}/target",
                "--log-path", f"{folder}/logs", *quiet]  # fmt: skip


def components_project(folder: Path) -> Scratch:
    """A project that knows the materialization and nothing else."""
    return _project(folder, macros=("identity",), models=())


def identity_project(folder: Path) -> Scratch:
    """A project of the identity models over `raw.observations`; `write_observations` fills it."""
    scratch = _project(folder, macros=_macro_folders(), models=("identity",))
    (scratch.folder / "macros" / "observations.sql").write_text(_UNIONS)
    (scratch.folder / "models" / "stg_observations.sql").write_text(_STAGED)
    (scratch.folder / "seeds").mkdir()
    for seed in SEEDS:
        shutil.copy(_source() / "seeds" / f"{seed}.csv", scratch.folder / "seeds")
    shutil.copy(_source() / "seeds" / "_identity__seeds.yml", scratch.folder / "seeds")
    return scratch


def outbox_project(folder: Path) -> Scratch:
    """A project of the real models from receipts to pending records; the caller makes the tables that they read."""
    scratch = _project(folder, macros=(*_macro_folders(), "activation", "unions.sql"), models=())
    (scratch.folder / "macros" / "registry.sql").write_text(render([]))
    for name in OUTBOX:
        shutil.copy(_source() / "models" / "activation" / f"{name}.sql", scratch.folder / "models")
    for name in ("desired_records", "quality_gates"):
        (scratch.folder / "models" / f"{name}.sql").write_text("select 1 as nothing")
    settings = yaml.safe_load((scratch.folder / "dbt_project.yml").read_text())
    settings["models"]["kindred"] = {"+schema": "activation"}
    (scratch.folder / "dbt_project.yml").write_text(yaml.safe_dump({**settings, "seeds": {}}))
    profile = profile_of(folder, settings["profile"], catalog="kindred")
    (scratch.folder / "profiles.yml").write_text(yaml.safe_dump(profile))
    return Scratch(folder, "kindred")


def model_results(nodes: list[Any]) -> dict[str, str]:
    """What dbt says of each node: for a `connected_components` model, the rounds that it took."""
    return {node.node.name: str(node.message) for node in nodes}


def write_observations(scratch: Scratch, rows: str, parameters: Sequence[object] = ()) -> None:
    """Make `raw.observations` from a query; `loaded_at` and `first_name` may be missing.

    Args:
        scratch: where.
        rows: a query with record_id, source, identifier_type, identifier_value and observed_at.
        parameters: values for the query's question marks.
    """
    with scratch.connect() as connection:
        connection.execute("create schema if not exists raw")
        connection.execute(
            "create or replace table raw.observations as"
            " select * replace (coalesce(loaded_at, observed_at) as loaded_at)"
            f" from ({_NO_OBSERVATIONS} union all by name select * from ({rows}))",
            list(parameters),
        )


def profile_of(folder: Path, name: str, memory: str | None = None, catalog: str = "scratch") -> dict[str, object]:
    """The profile of a scratch warehouse: two threads, and DuckDB's memory limit if one is given."""
    limits = {"memory_limit": memory} if memory else {}
    settings = {"timezone": "UTC", "threads": 2, "checkpoint_threshold": "1GB", "enable_progress_bar": False, **limits}
    output = {"type": "duckdb", "path": str(folder / f"{catalog}.duckdb"), "threads": 2, "settings": settings}
    return {name: {"target": "scratch", "outputs": {"scratch": output}}}


def _project(folder: Path, macros: tuple[str, ...], models: tuple[str, ...]) -> Scratch:
    (folder / "macros").mkdir(parents=True)
    (folder / "models").mkdir()
    if (_source() / "tests" / "generic").exists():
        _copy(_source() / "tests" / "generic", folder / "tests" / "generic")
    for name in macros:
        _copy(_source() / "macros" / name, folder / "macros" / name)
    for name in models:
        _copy(_source() / "models" / name, folder / "models" / name)
    settings = yaml.safe_load((_source() / "dbt_project.yml").read_text())
    core = settings["models"]["kindred"]
    settings["models"]["kindred"] = {key: core[key] for key in ("+persist_docs", *models)}
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(settings))
    (folder / "profiles.yml").write_text(yaml.safe_dump(profile_of(folder, settings["profile"])))
    return Scratch(folder)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy(source, target)


def _macro_folders() -> tuple[str, ...]:
    left_out = {"registry.sql", "unions.sql", "activation", "segments"}
    return tuple(sorted(path.name for path in (_source() / "macros").iterdir() if path.name not in left_out))


def _source() -> Path:
    return Settings.from_env().project
