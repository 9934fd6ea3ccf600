"""The materialization `connected_components` against union-find, through real dbt runs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from benchmarks.warehouse import Scratch, components_project, model_results
from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.slow

# One dbt run solves many small graphs at once: each pair of lists is shifted to numbers of its own.
few_nodes = st.integers(0, 9)
any_node = st.one_of(few_nodes, st.integers(-(2**63), 2**63 - 1))
small_graphs = st.lists(st.tuples(few_nodes, few_nodes), max_size=14)
graphs = st.builds(
    lambda small, wild: [(100 * n + a, 100 * n + b) for n, edges in enumerate(small) for a, b in edges] + wild,
    st.lists(small_graphs, min_size=20, max_size=40),
    st.lists(st.tuples(any_node, any_node), max_size=20),
)
words = st.text(alphabet="abÄß é'\"\\%", max_size=3)
word_graphs = st.lists(st.tuples(words, words), max_size=60)

# Without shrinking: a failing example is small enough to read, and each attempt is a dbt run.
in_dbt = settings(
    max_examples=6, deadline=None, phases=(Phase.reuse, Phase.generate), suppress_health_check=list(HealthCheck)
)


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return components_project(tmp_path / "components")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    scratch = components_project(tmp_path_factory.mktemp("both") / "components")
    for suffix, config in (("", ""), ("_stand", ", edges_stand=true")):
        model(scratch, f"solved_numbers{suffix}", "select * from numbers", config)
        model(scratch, f"solved_words{suffix}", "select * from words", config)
    return scratch.read_once()


def model(scratch: Scratch, name: str, select: str, config: str = "") -> None:
    path = scratch.folder / "models" / f"{name}.sql"
    path.write_text(f"{{{{ config(materialized='connected_components'{config}) }}}}\n{select}\n")


def rows(scratch: Scratch, query: str) -> list[Any]:
    with scratch.connect() as connection:
        return connection.execute(query).fetchall()


def fill(scratch: Scratch, table: str, column_type: str, edges: list[tuple[Any, Any]]) -> None:
    with scratch.connect() as connection:
        connection.execute(f"create or replace table {table} (one {column_type}, other {column_type})")
        ends = [[edge[0] for edge in edges], [edge[1] for edge in edges]]
        connection.execute(f"insert into {table} select unnest(?::{column_type}[]), unnest(?::{column_type}[])", ends)


def solve_one(scratch: Scratch, select: str, config: str = "") -> int:
    """The rounds that it took; the result is in the table `solved`."""
    model(scratch, "solved", select, config)
    return int(model_results(scratch.dbt("run"))["solved"].split()[0])


@in_dbt
@given(numbers=graphs, names=word_graphs)
def test_components_are_those_of_union_find(
    both: Scratch, oracle: Callable[..., Any], numbers: list[Any], names: list[Any]
) -> None:
    fill(both, "numbers", "bigint", numbers)
    fill(both, "words", "varchar", names)
    both.dbt("run")
    for suffix in ("", "_stand"):
        assert dict(rows(both, f"select node, component from solved_numbers{suffix}")) == oracle(numbers)
        assert dict(rows(both, f"select node, component from solved_words{suffix}")) == oracle(names)


SHAPES = {
    "chain": "select i as src, i + 1 as dst from range(200000) as r(i)",
    "mixed_chain": "select hash(i) // 2 as src, hash(i + 1) // 2 as dst from range(50000) as r(i)",
    "star": "select 7 as src, i as dst from range(200000) as r(i)",
    "tree_of_stars": "select i // 300 as src, i as dst from range(90000) as r(i)",
    "cliques": "select 100 * c + i as src, 100 * c + j as dst from range(20) a(c), range(100) b(i), range(100) d(j)",
    "permutation": "select i as src, (i * 7 + 3) % 32768 as dst from range(32768) as r(i)",
    "hypercube": "select i as src, xor(i, cast(pow(2, b) as bigint)) as dst from range(4096) r(i), range(12) s(b)",
}


def test_rounds_grow_with_the_logarithm_whatever_the_shape(scratch: Scratch, oracle: Callable[..., Any]) -> None:
    for name, select in SHAPES.items():
        model(scratch, name, select)
    rounds = {name: int(message.split()[0]) for name, message in model_results(scratch.dbt("run")).items()}
    for name, select in SHAPES.items():
        found = dict(rows(scratch, f"select node, component from {name}"))
        assert found == oracle(rows(scratch, f"select src, dst from ({select})")), name
        assert rounds[name] <= 2 * math.log2(len(found)), name


def test_nodes_without_edges_doubles_and_both_directions(scratch: Scratch) -> None:
    solve_one(scratch, "select * from (values (5, 5), (2, 1), (1, 2), (2, 1)) as t(a, b)")
    assert sorted(rows(scratch, "from solved")) == [(1, 1), (2, 1), (5, 5)]


def test_no_edges_make_an_empty_table_of_the_right_type(scratch: Scratch) -> None:
    solve_one(scratch, "select 'a' as one, 'b' as other where false")
    assert rows(scratch, "select * from solved") == []
    assert [row[:2] for row in rows(scratch, "describe solved")] == [("node", "VARCHAR"), ("component", "VARCHAR")]


def test_unsigned_numbers_keep_their_range(scratch: Scratch) -> None:
    solve_one(scratch, "select 18446744073709551615::ubigint as a, 9223372036854775808::ubigint as b")
    assert sorted(rows(scratch, "from solved")) == [(2**63, 2**63), (2**64 - 1, 2**63)]
    assert [row[1] for row in rows(scratch, "describe solved")] == ["UBIGINT", "UBIGINT"]


@pytest.mark.parametrize(
    ("select", "sentence"),
    [
        ("select * from (values (1, null), (null, 2)) as t(a, b)", "selects 2 edges with a null end; filter them out"),
        ("select 1 as a, 2 as b, 3 as c", "selects 3 columns; select two"),
    ],
)
@pytest.mark.parametrize("config", ["", ", edges_stand=true"])
def test_what_is_no_edge_is_refused_with_one_sentence(
    scratch: Scratch, select: str, sentence: str, config: str
) -> None:
    with pytest.raises(KindredError, match=sentence):
        solve_one(scratch, select, config)


def test_it_behaves_like_a_table(scratch: Scratch) -> None:
    """Contract, documentation, hooks and column names; a second run replaces the table and leaves nothing behind."""
    (scratch.folder / "models" / "models.yml").write_text(_CONTRACT)
    hooks = ", post_hook='create or replace table hooked as select count(*) as n from {{ this }}'"
    model(scratch, "solved", "select 1 as a, 2 as b", hooks)
    scratch.dbt("run")
    scratch.dbt("run")
    assert rows(scratch, "select identifier_id, cluster_id from solved order by 1") == [(1, 1), (2, 1)]
    assert rows(scratch, "select n from hooked") == [(2,)]
    assert rows(scratch, "select comment from duckdb_tables() where table_name = 'solved'") == [("The clusters.",)]
    assert rows(scratch, "select table_name from duckdb_tables() order by 1") == [("hooked",), ("solved",)]


def test_a_broken_contract_fails(scratch: Scratch) -> None:
    (scratch.folder / "models" / "models.yml").write_text(_CONTRACT.replace("bigint", "varchar"))
    model(scratch, "solved", "select 1 as a, 2 as b")
    with pytest.raises(KindredError, match="contract"):
        scratch.dbt("run")


_CONTRACT = """
models:
  - name: solved
    description: The clusters.
    config: {contract: {enforced: true}}
    columns:
      - {name: identifier_id, data_type: bigint, description: The node.}
      - {name: cluster_id, data_type: bigint, description: Its component.}
"""
