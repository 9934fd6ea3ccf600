"""A warehouse with a small demo behind staging, and the compiled SQL of macros."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import duckdb
import pyarrow as pa
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from demo import DemoOptions, generate, load
from warehouse import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dbt.contracts.graph.manifest import Manifest

PEOPLE = 500
EXPRESSIONS = {
    "email": "{{ normalise_email('a') }}",
    "phone": "{{ normalise_phone('a', 'b') }}",
    "phone in Switzerland": "{{ normalise_phone('a', \"'CH'\") }}",
    "phone somewhere": "{{ normalise_phone('a') }}",
    "name": "{{ normalise_name('a') }}",
    "comparable name": "{{ comparable_name('a') }}",
    "comparable first name": "{{ comparable_first_name('a') }}",
    "moment": "{{ parse_timestamp('a') }}",
    "moment on both clocks": "[{{ parse_timestamp('a') }}, {{ parse_timestamp('b', zone='Europe/Berlin') }}]",
    "decimal": "{{ parse_decimal('a') }}",
    "integer": "{{ parse_integer('a') }}",
    "boolean": "{{ parse_boolean('a') }}",
    "date": "{{ parse_date('a') }}",
}
"""The macros under test, over columns a and b of `given`."""
_NEXT = "\n-- next\n"


@dataclass(frozen=True)
class Project:
    """The dbt project, as dbt has read it, with a home of its own."""

    settings: Settings
    read: Manifest

    def dbt(self, *arguments: str) -> Any:
        """Run dbt in this process, which spares its start; its results."""
        home, project = self.settings.home, str(self.settings.project)
        places = ("--project-dir", project, "--profiles-dir", project)
        mine = ("--target-path", str(home / "target"), "--log-path", str(home / "logs"))
        with patch.dict(os.environ, self.settings.environment()):
            outcome = dbtRunner(manifest=self.read).invoke(["--quiet", "--no-write-json", *arguments, *places, *mine])
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
        assert outcome.success, outcome.exception or outcome.result
        return outcome.result

    def select(self, query: str, values: Sequence[tuple[Any, ...]] = ()) -> list[tuple[Any, ...]]:
        """The answer to a query; `values` stand in a table `given` with columns a, b, … and their number n."""
        with duckdb.connect(str(self.settings.database)) as connection:
            if values:
                connection.register("given", _given(values))
            return connection.execute(query).fetchall()

    @cached_property
    def compiled(self) -> dict[str, str]:
        """The SQL of each expression; all in one go, because dbt takes seconds to start."""
        compiled = self.dbt("compile", "--inline", _NEXT.join(EXPRESSIONS.values()))
        return dict(zip(EXPRESSIONS, compiled.results[0].node.compiled_code.split(_NEXT), strict=True))

    def made_of(self, expression: str, values: Sequence[tuple[str | None, ...]]) -> list[Any]:
        """What the expression of that name makes of each row."""
        query = f"select n, {self.compiled[expression]} as made from given order by n"
        return [made for _, made in self.select(query, values)]


def _given(values: Sequence[tuple[Any, ...]]) -> pa.Table:
    """The rows under the names a, b, …, each with its number n."""
    columns = {name: list(column) for name, column in zip("abcdef", zip(*values, strict=True), strict=False)}
    return pa.table({"n": list(range(len(values))), **columns})


@pytest.fixture(scope="session")
def project(core: Manifest, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project with nothing but the seeds of dialling rules."""
    home = tmp_path_factory.mktemp("staging")
    settings = Settings(home=home, project=Settings.from_env().project, destinations=home / "destinations.toml")
    made = Project(settings, core)
    made.dbt("seed", "--select", "phone_country_rules", "phone_number_plans")
    return made


@pytest.fixture(scope="session")
def staged(project: Project) -> Project:
    """The project with a small demo, built as far as staging."""
    generate(project.settings, DemoOptions(people=PEOPLE), quiet=True)
    load(project.settings)
    project.dbt("run", "--select", "staging")
    return project
