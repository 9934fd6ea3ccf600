"""What had not been loaded yet is not read: through real dbt, in a project of three raw tables."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from warehouse import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

_PROJECT = """
name: kindred
profile: scratch
flags: {send_anonymous_usage_stats: false, version_check: false}
"""
_PROFILES = "scratch: {target: duckdb, outputs: {duckdb: {type: duckdb, path: scratch.duckdb}}}"
_SOURCES = """
sources:
  - name: shop
    schema: raw
    tables:
      - name: orders
      - name: countries
        config: {meta: {known: always}}
      - name: leaflets
"""
_TABLES = """
create schema raw;
create table raw.orders as from (values
    (1, timestamp '2026-06-30 23:59:59'), (2, timestamp '2026-07-01 00:00:00')) as orders (id, _loaded_at);
create table raw.countries as select 1 as id;
create table raw.leaflets as select 1 as id;
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "macros").mkdir()
    shutil.copy(REPOSITORY / "dbt_project" / "macros" / "known_at.sql", tmp_path / "macros")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "_sources.yml").write_text(_SOURCES)
    for table in ("orders", "countries", "leaflets"):
        select = f"select * from {{{{ source('shop', '{table}') }}}}"
        (tmp_path / "models" / f"{table}.sql").write_text(select)
    (tmp_path / "dbt_project.yml").write_text(_PROJECT)
    (tmp_path / "profiles.yml").write_text(_PROFILES)
    with duckdb.connect(str(tmp_path / "scratch.duckdb")) as connection:
        connection.execute(_TABLES)
    return tmp_path


def _run(project: Path, monkeypatch: pytest.MonkeyPatch, **variables: str) -> dict[str, Any]:
    """The ids of each model's rows, or why it could not be built."""
    monkeypatch.chdir(project)
    places = ["--project-dir", str(project), "--profiles-dir", str(project), "--quiet"]
    try:
        done = dbtRunner().invoke(["run", *places, "--vars", json.dumps(variables)])
    finally:
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    results: Any = done.result
    failed = {one.node.name: one.message for one in results if str(one.status) == "error"}
    with duckdb.connect(str(project / "scratch.duckdb")) as connection:
        built = {one.node.name for one in results} - set(failed)
        read = {name: connection.execute(f"select id from {name} order by id").fetchall() for name in built}
    return {name: [row[0] for row in rows] for name, rows in read.items()} | failed


def test_rows_loaded_before_the_moment_are_read_and_no_others(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = _run(project, monkeypatch, known_at="2026-07-01 00:00:00")
    assert read["orders"] == [1]
    assert read["countries"] == [1]
    assert (
        "The source shop.leaflets has no column _loaded_at, so what was known of it on a past day" in read["leaflets"]
    )


def test_without_the_moment_everything_is_read(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _run(project, monkeypatch) == {"orders": [1, 2], "countries": [1], "leaflets": [1]}
