"""`connected_components` that builds on its last run: how much it rewrites, and what it does when it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.warehouse import Scratch, components_project, model_results
from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.slow

Edges = list[tuple[Any, Any]]

BEFORE: Edges = [(1, 2), (3, 4), (5, 6), (7, 8), (8, 9), (9, 9)]
AFTER: Edges = [(1, 2), (4, 3), (2, 3), (7, 8), (9, 9), (20, 21)]
"""(2, 3) and (20, 21) came, (5, 6) went with its nodes, and (8, 9) went, so that 9 stands alone."""
MOVED = {3, 4, 5, 6, 9, 20, 21}
NEW: Edges = [(2, 3), (20, 21)]
ALL_EDGES = "select src, dst from edges"
SINCE = "select src, dst from {{ 'news' if kindred.components_stand() else 'edges' }}"


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    scratch = components_project(tmp_path / "components")
    fill(scratch, "edges", BEFORE)
    fill(scratch, "news", NEW)
    return scratch


def model(scratch: Scratch, incremental: str, select: str = ALL_EDGES, more: str = "") -> None:
    config = f"config(materialized='connected_components', incremental={incremental!r}{more})"
    (scratch.folder / "models" / "solved.sql").write_text(f"{{{{ {config} }}}}\n{select}\n")


def fill(scratch: Scratch, table: str, edges: Edges, column_type: str = "bigint") -> None:
    with scratch.connect() as connection:
        connection.execute(f"create or replace table {table} (src {column_type}, dst {column_type})")
        for edge in edges:
            connection.execute(f"insert into {table} values (?, ?)", edge)


def run(scratch: Scratch, *flags: str, **variables: str) -> str:
    """How many rows were rewritten, as dbt prints it."""
    message = model_results(scratch.dbt("run", *flags, variables=variables))["solved"]
    return message.split(", ")[1]


def execute(scratch: Scratch, query: str) -> list[Any]:
    with scratch.connect() as connection:
        return connection.execute(query).fetchall()


def components(scratch: Scratch) -> dict[Any, Any]:
    return dict(execute(scratch, "select * from solved"))


def tables(scratch: Scratch) -> set[str]:
    return {name for (name,) in execute(scratch, "select table_name from duckdb_tables()")} - {"edges", "news"}


def test_compare_rewrites_only_what_moved(scratch: Scratch, oracle: Callable[..., Any]) -> None:
    model(scratch, "compare")
    assert run(scratch) == "ALL ROWS"
    assert run(scratch) == "0 ROWS"
    fill(scratch, "edges", AFTER)
    assert run(scratch) == f"{len(MOVED)} ROWS"
    assert components(scratch) == oracle(AFTER)
    assert tables(scratch) == {"solved", "solved__edges"}


def test_append_takes_the_new_edges_only(scratch: Scratch, oracle: Callable[..., Any]) -> None:
    model(scratch, "append", SINCE)
    run(scratch)
    fill(scratch, "edges", [])
    assert run(scratch) == "4 ROWS"
    assert components(scratch) == oracle(BEFORE + NEW)
    assert tables(scratch) == {"solved"}


def test_a_full_refresh_solves_everything(scratch: Scratch, oracle: Callable[..., Any]) -> None:
    model(scratch, "append", SINCE)
    run(scratch)
    fill(scratch, "edges", AFTER)
    assert run(scratch, "--full-refresh") == "ALL ROWS"
    assert components(scratch) == oracle(AFTER)


BREAKAGES = {
    "the kept edges are gone": "drop table solved__edges",
    "the kept edges have other types": "alter table solved__edges alter src type varchar",
    "the table has other columns": "alter table solved rename column component to cluster",
    "the table has other types": "alter table solved alter component type varchar",
    "the table is a view": "create table aside as from solved; drop table solved; create view solved as from aside",
    "a run died halfway": "alter table solved__edges rename to solved__edges_changing; delete from solved",
}


@pytest.mark.parametrize("breakage", BREAKAGES.values(), ids=BREAKAGES)
def test_in_doubt_compare_solves_everything(scratch: Scratch, oracle: Callable[..., Any], breakage: str) -> None:
    model(scratch, "compare")
    run(scratch)
    execute(scratch, breakage)
    fill(scratch, "edges", AFTER)
    assert run(scratch) == "ALL ROWS"
    assert components(scratch) == oracle(AFTER)
    assert tables(scratch) - {"aside"} == {"solved", "solved__edges"}
    assert run(scratch) == "0 ROWS"


def test_a_run_that_fails_at_its_end_has_changed_nothing(scratch: Scratch, oracle: Callable[..., Any]) -> None:
    """The table and the kept edges change in one transaction, which a failing hook undoes."""
    model(scratch, "compare", more=", post_hook=\"select {{ var('fault', '1') }}\"")
    run(scratch)
    kept = execute(scratch, "from solved__edges order by all")
    fill(scratch, "edges", AFTER)
    with pytest.raises(KindredError, match="too bad"):
        run(scratch, fault="error('too bad')")
    assert components(scratch) == oracle(BEFORE)
    assert execute(scratch, "from solved__edges order by all") == kept
    assert run(scratch) == f"{len(MOVED)} ROWS"
    assert components(scratch) == oracle(AFTER)


@pytest.mark.parametrize("between", ["append", None])
def test_edges_that_were_kept_before_another_way_of_running_are_not_trusted(
    scratch: Scratch, oracle: Callable[..., Any], between: str | None
) -> None:
    model(scratch, "compare")
    run(scratch)
    fill(scratch, "edges", BEFORE + NEW)
    (scratch.folder / "models" / "solved.sql").write_text(
        f"{{{{ config(materialized='connected_components', incremental={between!r}) }}}}\n{ALL_EDGES}"
    )
    run(scratch)
    assert tables(scratch) == {"solved"}
    fill(scratch, "edges", BEFORE)
    model(scratch, "compare")
    run(scratch)
    assert components(scratch) == oracle(BEFORE)


def test_append_refuses_nodes_of_another_type(scratch: Scratch) -> None:
    model(scratch, "append", SINCE)
    run(scratch)
    fill(scratch, "news", [("a", "b")], "varchar")
    with pytest.raises(KindredError, match="have another type than those that stand; run it with --full-refresh"):
        run(scratch)


def test_an_unknown_way_is_refused(scratch: Scratch) -> None:
    model(scratch, "merge")
    with pytest.raises(KindredError, match="incremental='merge' is unknown; choose 'append' or 'compare'"):
        run(scratch)


@pytest.mark.parametrize("incremental", ["append", "compare"])
def test_it_behaves_like_a_table(scratch: Scratch, oracle: Callable[..., Any], incremental: str) -> None:
    """Names from the YAML, contract, documentation and hooks, in the first run and in those that build on it."""
    (scratch.folder / "models" / "models.yml").write_text(_CONTRACT)
    hook = ", post_hook='create or replace table hooked as select count(*) as n from {{ this }}'"
    model(scratch, incremental, more=hook)
    run(scratch)
    fill(scratch, "edges", BEFORE + NEW)
    (scratch.folder / "models" / "models.yml").write_text(_CONTRACT.replace("The clusters.", "The people."))
    assert run(scratch) == "4 ROWS"
    expected = oracle(BEFORE + NEW)
    assert dict(execute(scratch, "select identifier_id, cluster_id from solved")) == expected
    assert execute(scratch, "select n from hooked") == [(len(expected),)]
    assert execute(scratch, "select comment from duckdb_tables() where table_name = 'solved'") == [("The people.",)]


def test_a_contract_that_changed_is_checked_by_an_append_too(scratch: Scratch) -> None:
    (scratch.folder / "models" / "models.yml").write_text(_CONTRACT)
    model(scratch, "append", SINCE)
    run(scratch)
    (scratch.folder / "models" / "models.yml").write_text(_CONTRACT.replace("data_type: bigint", "data_type: varchar"))
    with pytest.raises(KindredError, match="contract"):
        run(scratch)


_CONTRACT = """
models:
  - name: solved
    description: The clusters.
    config: {contract: {enforced: true}}
    columns:
      - {name: identifier_id, data_type: bigint, description: The node.}
      - {name: cluster_id, data_type: bigint, description: Its component.}
"""
