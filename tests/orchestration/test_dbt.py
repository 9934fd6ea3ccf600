"""How dbt is run inside the process, on a project of two models."""

from __future__ import annotations

import dataclasses
import os
from typing import TYPE_CHECKING

import duckdb
import pytest

from orchestration.dbt import Dbt, read_once
from orchestration.dbt_events import Invocation
from orchestration.lineage import Lineage
from warehouse import REPOSITORY, KindredError, Settings

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = """
name: small
version: "1.0.0"
profile: kindred
flags: {send_anonymous_usage_stats: false, version_check: false}
models: {small: {+materialized: table}}
"""
MODELS = """
models:
  - name: people
    columns:
      - name: person_id
        data_tests: [unique]
"""
PEOPLE = "select 1 as person_id, 'Ada' as name union all select 2, 'Bob'"
GREETINGS = "with people as (select * from {{ ref('people') }}) select person_id, 'Hello ' || name as text from people"


@pytest.fixture
def dbt(tmp_path: Path) -> Dbt:
    project = tmp_path / "project"
    (project / "models").mkdir(parents=True)
    (project / "dbt_project.yml").write_text(PROJECT)
    (project / "profiles.yml").write_text((REPOSITORY / "dbt_project" / "profiles.yml").read_text())
    (project / "models" / "_models.yml").write_text(MODELS)
    (project / "models" / "people.sql").write_text(PEOPLE)
    (project / "models" / "greetings.sql").write_text(GREETINGS)
    return Dbt(Settings(home=tmp_path / "home", project=project, destinations=tmp_path / "destinations.toml"))


def _write(dbt: Dbt, model: str, query: str) -> None:
    (dbt.settings.project / "models" / f"{model}.sql").write_text(query)


def _build(dbt: Dbt) -> Invocation:
    dbt.settings.home.mkdir(exist_ok=True)
    invocation = Invocation(dbt, ("build",))
    list(invocation.nodes())
    return invocation


def test_each_node_is_reported_with_its_rows(dbt: Dbt) -> None:
    dbt.settings.home.mkdir()
    invocation = Invocation(dbt, ("build",))
    rows = {node.unique_id.split(".")[2]: node.rows for node in invocation.nodes()}
    assert rows == {"people": 2, "unique_people_person_id": None, "greetings": 2}
    assert invocation.failure is None


def test_the_database_is_free_and_the_folder_unchanged_afterwards(dbt: Dbt) -> None:
    before = os.getcwd()  # noqa: PTH109
    _build(dbt)
    assert os.getcwd() == before  # noqa: PTH109
    with duckdb.connect(str(dbt.settings.database), read_only=True) as connection:
        assert connection.execute("select count(*) from main.people").fetchall() == [(2,)]


def test_a_failed_test_names_model_rows_and_query(dbt: Dbt) -> None:
    _write(dbt, "people", "select 1 as person_id, 'Ada' as name union all select 1, 'Bob'")
    failure = _build(dbt).failure
    assert failure
    assert failure.startswith("The test unique_people_person_id on people found 1 row, so nothing after it was built")
    path = failure.split(": run ")[1].split(" to see")[0]
    assert "person_id" in open(path).read()  # noqa: PTH123, SIM115


def test_a_broken_model_is_named_with_the_engines_reason(dbt: Dbt) -> None:
    _write(dbt, "people", "select 1 as person_id, no_such_column as name")
    failure = _build(dbt).failure
    assert failure
    assert failure.startswith("The model people could not be built:")
    assert "no_such_column" in failure
    assert "\n" not in failure


def test_a_project_that_cannot_be_read_is_one_sentence(dbt: Dbt) -> None:
    _write(dbt, "people", "select * from {{ ref('nowhere') }}")
    with pytest.raises(KindredError, match=r"dbt cannot read the project .*nowhere"):
        dbt.manifest()


def test_the_project_is_parsed_again_only_when_a_file_changed(dbt: Dbt) -> None:
    dbt.manifest()
    parsed = (dbt.target / "manifest.json").stat().st_mtime_ns
    dbt.manifest()
    assert (dbt.target / "manifest.json").stat().st_mtime_ns == parsed
    _write(dbt, "third", "select 3 as person_id")
    assert "model.small.third" in dbt.manifest()["nodes"]


def test_what_is_read_once_is_read_again_when_a_file_a_variable_or_the_environment_changes(
    dbt: Dbt, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "{{ config(alias='on_' ~ var('as_of', 'nine') ~ env_var('WORD', '_a')) }} select 1 as person_id"
    _write(dbt, "greetings", name)
    with read_once():
        assert _built(dbt) == {"people", "on_nine_a"}
        read = (dbt.target / "perf_info.json").stat().st_mtime_ns
        assert _built(dbt) == {"people", "on_nine_a"}
        assert (dbt.target / "perf_info.json").stat().st_mtime_ns == read
        monkeypatch.setenv("WORD", "_b")
        assert "on_nine_b" in _built(dbt)
        assert "on_ten_b" in _built(dataclasses.replace(dbt, as_of="ten"))
        _write(dbt, "greetings", "select * from {{ ref('nowhere') }}")
        assert "nowhere" in (_build(dbt).failure or "")
        _write(dbt, "greetings", name.replace("on_", "in_"))
        assert "in_nine_b" in _built(dbt)


def _built(dbt: Dbt) -> set[str]:
    assert _build(dbt).failure is None
    with duckdb.connect(str(dbt.settings.database), read_only=True) as connection:
        return {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}


def test_columns_are_traced_to_the_columns_they_come_from(dbt: Dbt) -> None:
    _build(dbt)
    people, greetings = "model.small.people", "model.small.greetings"
    assert Lineage(dbt.manifest(), dbt.target).of(greetings) == {
        "person_id": [(people, "person_id")],
        "text": [(people, "name")],
    }
