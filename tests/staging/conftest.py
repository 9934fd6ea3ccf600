"""A warehouse with a small demo behind staging, and the compiled SQL of macros."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pytest

from demo import DemoOptions, generate, load
from warehouse import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

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
    """The dbt project with a home of its own."""

    settings: Settings

    @property
    def target(self) -> Path:
        return self.settings.home / "target"

    def dbt(self, *arguments: str) -> str:
        places = {
            **os.environ,
            **self.settings.environment(),
            "DBT_TARGET_PATH": str(self.target),
            "DBT_LOG_PATH": str(self.settings.home / "logs"),
        }
        project = str(self.settings.project)
        command = [sys.executable, "-m", "dbt.cli.main", "--quiet", *arguments]
        command += ["--project-dir", project, "--profiles-dir", project]
        done = subprocess.run(command, env=places, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def select(self, query: str, values: Sequence[tuple[Any, ...]] = ()) -> list[tuple[Any, ...]]:
        """The answer to a query; `values` stand in a table `given` with columns a, b, … and their number n."""
        with duckdb.connect(str(self.settings.database)) as connection:
            if values:
                connection.register("given", _given(values))
            return connection.execute(query).fetchall()

    @cached_property
    def compiled(self) -> dict[str, str]:
        """The SQL of each expression; all in one go, because dbt takes seconds to start."""
        text = self.dbt("compile", "--inline", _NEXT.join(EXPRESSIONS.values()), "--output", "json")
        return dict(zip(EXPRESSIONS, json.loads(text)["compiled"].split(_NEXT), strict=True))

    def made_of(self, expression: str, values: Sequence[tuple[str | None, ...]]) -> list[Any]:
        """What the expression of that name makes of each row."""
        query = f"select n, {self.compiled[expression]} as made from given order by n"
        return [made for _, made in self.select(query, values)]

    def manifest(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.target / "manifest.json").read_text())
        return content


def _given(values: Sequence[tuple[Any, ...]]) -> pa.Table:
    """The rows under the names a, b, …, each with its number n."""
    columns = {name: list(column) for name, column in zip("abcdef", zip(*values, strict=True), strict=False)}
    return pa.table({"n": list(range(len(values))), **columns})


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project with nothing but the seeds of dialling rules."""
    home = tmp_path_factory.mktemp("staging")
    settings = Settings(home=home, project=Settings.from_env().project, destinations=home / "destinations.toml")
    made = Project(settings)
    made.dbt("seed", "--select", "phone_country_rules", "phone_number_plans")
    return made


@pytest.fixture(scope="session")
def staged(project: Project) -> Project:
    """The project with a small demo, built as far as staging."""
    generate(project.settings, DemoOptions(people=PEOPLE), quiet=True)
    load(project.settings)
    project.dbt("run", "--select", "staging")
    return project
