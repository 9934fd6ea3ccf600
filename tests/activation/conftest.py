"""Small dbt projects made of the real macros and a few of the real models, each with a home of its own."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import patch

import duckdb
import pytest
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from orchestration.registry_text import render
from warehouse import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dbt.cli.main import dbtRunnerResult
    from dbt.contracts.graph.manifest import Manifest

CORE = Settings.from_env().project
ACTIVATION = CORE / "models" / "activation"
OUTBOX = (
    "receipts",
    "quality_gates",
    "sync_runs",
    "standing_receipts",
    "current_receipts",
    "repeated_keys",
    "receipt_states",
    "delivered_records",
    "unsettled_keys",
    "unsettled_states",
    "compared_records",
    "rejected_records",
    "pending_records",
)
DESIRED = """
create schema activation;
create table activation.desired_records (
    sync varchar, destination varchar, record_key varchar, customer_id varchar, permission_id varchar,
    payload varchar, payload_hash varchar, is_incomplete boolean default false
);
"""


@dataclass(frozen=True)
class Project:
    """A dbt project called kindred in a folder, beside its warehouse; dbt has read it, or reads it for each command."""

    folder: Path
    manifest: Manifest | None = None

    @property
    def database(self) -> Path:
        return self.folder / "home" / "kindred.duckdb"

    def write(self, path: str, text: str) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def copy_model(self, name: str) -> None:
        """One of the real models of activation."""
        self.write(f"models/activation/{name}.sql", (ACTIVATION / f"{name}.sql").read_text())

    def read_once(self) -> Project:
        """The same for commands that differ in rows and in variables: only now it is read."""
        return replace(self, manifest=cast("Manifest", self._invoke("parse").result))

    def dbt(self, *arguments: str) -> list[dict[str, Any]]:
        """Run dbt; what became of each node."""
        outcome = self._invoke(*arguments)
        assert outcome.result, outcome.exception
        results: Any = outcome.result
        return [{"unique_id": one.node.unique_id, "status": str(one.status), "message": one.message} for one in results]

    def _invoke(self, *arguments: str) -> dbtRunnerResult:
        """Run dbt in this process, which spares its start."""
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        places = {"KINDRED_HOME": str(home), "DBT_TARGET_PATH": str(home / "dbt"), "DBT_LOG_PATH": str(home / "logs")}
        where = ("--project-dir", str(self.folder), "--profiles-dir", str(self.folder))
        with patch.dict(os.environ, places):
            outcome = dbtRunner(manifest=self.manifest).invoke(["--quiet", "--no-write-json", *arguments, *where])
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
        return outcome

    def build(self, *arguments: str) -> None:
        """Run models, which must succeed."""
        failed = [result for result in self.dbt("run", *arguments) if result["status"] != "success"]
        assert failed == []


def make_project(folder: Path) -> Project:
    """A project that has Kindred's macros and no model."""
    shutil.copytree(CORE / "macros", folder / "macros")
    (folder / "macros" / "registry.sql").write_text(render([]))
    shutil.copy(CORE / "profiles.yml", folder / "profiles.yml")
    config = yaml.safe_load((CORE / "dbt_project.yml").read_text())
    (folder / "dbt_project.yml").write_text(yaml.safe_dump({**config, "seeds": {}}))
    return Project(folder)


@pytest.fixture(scope="session")
def new_project() -> Callable[[Path], Project]:
    return make_project


@pytest.fixture(scope="session")
def outbox_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The models from receipts to pending records, built over an empty table of desired records."""
    project = make_project(tmp_path_factory.mktemp("outbox"))
    described = yaml.safe_load((ACTIVATION / "_activation__models.yml").read_text())["models"]
    own = [{**model, "data_tests": []} for model in described if model["name"] in OUTBOX]
    for model in own:
        model["columns"] = [{**column, "description": "", "data_tests": []} for column in model["columns"]]
        project.copy_model(model["name"])
    project.write("models/activation/_models.yml", yaml.safe_dump({"models": own}))
    project.write("models/activation/desired_records.sql", "select 1 as nothing")
    project = project.read_once()
    with duckdb.connect(str(project.database)) as connection:
        connection.execute(DESIRED)
    project.build("--exclude", "desired_records")
    return project
