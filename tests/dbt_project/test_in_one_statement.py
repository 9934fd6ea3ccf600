"""Tables and views that are made, put in place and described at once: as dbt's own, in fewer statements."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from benchmarks.warehouse import Scratch, components_project
from warehouse import REPOSITORY, KindredError

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

CONTRACT: dict[str, Any] = {
    "config": {"contract": {"enforced": True}},
    "description": "It's one row a thing.",
    "columns": [{"name": "thing", "data_type": "integer", "description": "What it is; its 'name'."}],
}


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    scratch = components_project(tmp_path / "project")
    for macros in ("in_one_statement.sql", "persist_docs.sql"):
        shutil.copy(REPOSITORY / "dbt_project" / "macros" / macros, scratch.folder / "macros")
    return scratch


def build(scratch: Scratch, kind: str, select: str, settings: str = "", **declared: Any) -> None:
    (scratch.folder / "models" / "things.sql").write_text(
        f"{{{{ config(materialized='{kind}'{settings}) }}}}\n{select}"
    )
    models = {"version": 2, "models": [{"name": "things", **declared}]}
    (scratch.folder / "models" / "things.yml").write_text(yaml.safe_dump(models))
    scratch.dbt("run")


def rows(scratch: Scratch, query: str = "from things") -> list[Any]:
    with scratch.connect() as connection:
        return connection.execute(query).fetchall()


def relations(scratch: Scratch) -> list[Any]:
    found = "select table_name, table_type from information_schema.tables where table_schema = 'main' order by 1"
    return rows(scratch, found)


def test_a_table_becomes_a_view_and_a_table_again_and_nothing_else_stays(scratch: Scratch) -> None:
    for kind, called in (("table", "BASE TABLE"), ("table", "BASE TABLE"), ("view", "VIEW"), ("view", "VIEW")) * 2:
        build(scratch, kind, "select 1 as thing", **CONTRACT)
        assert rows(scratch) == [(1,)]
        assert relations(scratch) == [("things", called)]


@pytest.mark.parametrize(("kind", "catalogue"), [("table", "duckdb_tables()"), ("view", "duckdb_views()")])
def test_descriptions_stand_beside_the_rows(scratch: Scratch, kind: str, catalogue: str) -> None:
    build(scratch, kind, "select 1 as thing", **CONTRACT)
    assert rows(scratch, f"select comment from {catalogue} where comment is not null") == [("It's one row a thing.",)]
    said = rows(scratch, "select comment from duckdb_columns() where table_name = 'things'")
    assert said == [("What it is; its 'name'.",)]


def test_a_select_that_fails_leaves_what_stands(scratch: Scratch) -> None:
    build(scratch, "table", "select 1 as thing", **CONTRACT)
    with pytest.raises(KindredError, match="Could not convert string 'x'"):
        build(scratch, "table", "select cast('x' as integer) as thing", **CONTRACT)
    assert rows(scratch) == [(1,)]
    assert relations(scratch) == [("things", "BASE TABLE")]


def test_a_broken_contract_fails_before_anything_is_made(scratch: Scratch) -> None:
    with pytest.raises(KindredError, match="enforced contract that failed"):
        build(scratch, "table", "select 'x' as thing", **CONTRACT)
    assert relations(scratch) == []


def test_a_table_may_read_itself(scratch: Scratch) -> None:
    build(scratch, "table", "select 1 as thing", **CONTRACT)
    build(scratch, "table", "select thing + 1 as thing from main.things", **CONTRACT)
    assert rows(scratch) == [(2,)]


def test_hooks_run_and_a_model_without_contract_is_described_too(scratch: Scratch) -> None:
    hooks = ", pre_hook='create table heard (what text)', post_hook=\"insert into heard select 'made' from {{ this }}\""
    build(scratch, "table", "select 1 as thing", hooks, description="Things.", columns=CONTRACT["columns"])
    assert rows(scratch, "from heard") == [("made",)]
    assert rows(scratch, "select comment from duckdb_tables() where comment is not null") == [("Things.",)]


def test_a_key_that_the_engine_keeps_is_left_to_dbts_own(scratch: Scratch) -> None:
    keyed: dict[str, Any] = {
        **CONTRACT,
        "columns": [{**CONTRACT["columns"][0], "constraints": [{"type": "primary_key"}]}],
    }
    for _ in range(2):
        build(scratch, "table", "select 1 as thing", **keyed)
    assert rows(scratch, "select constraint_type from duckdb_constraints()") == [("PRIMARY KEY",), ("NOT NULL",)]
    build(scratch, "table", "select 2 as thing", ", indexes=[{'columns': ['thing']}]")
    assert len(rows(scratch, "from duckdb_indexes()")) == 1
    build(scratch, "table", "select 3 as thing", **CONTRACT)
    assert rows(scratch) == [(3,)]
