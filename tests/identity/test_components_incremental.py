"""`connected_components` that builds on its last run: after any steps the same tables as union-find."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from benchmarks.warehouse import Scratch, components_project

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow

Edges = list[tuple[Any, Any]]

# One dbt run takes many small graphs a step further, each on numbers of its own. Few nodes meet often, so that edges
# come, go and come again, clusters merge and split, and nodes vanish.
STEPS, GRAPHS = 4, 30
few_nodes = st.integers(0, 7)
states = st.lists(st.lists(st.tuples(few_nodes, few_nodes), max_size=9), min_size=STEPS, max_size=STEPS)
histories = st.lists(states, min_size=GRAPHS, max_size=GRAPHS)

# Without shrinking: a failing example is small enough to read, and each attempt is many dbt runs.
in_dbt = settings(
    max_examples=20 if "KINDRED_CAMPAIGN" in os.environ else 2,
    deadline=None,
    phases=(Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)

MODELS = {
    "appended": ("append", "select src, dst from {{ 'news' if kindred.components_stand() else 'edges' }}"),
    "compared": ("compare", "select src, dst from edges"),
    "words": ("compare", "select 'n' || src as src, 'n' || dst as dst from edges"),
    "appended_words": (
        "append",
        "select 'n' || src as src, 'n' || dst as dst from {{ 'news' if kindred.components_stand() else 'edges' }}",
    ),
}


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    scratch = components_project(tmp_path_factory.mktemp("incremental") / "components")
    for name, (incremental, select) in MODELS.items():
        model(scratch, name, select, incremental)
    return scratch.read_once()


def model(scratch: Scratch, name: str, select: str, incremental: str) -> None:
    config = f"config(materialized='connected_components', incremental='{incremental}')"
    (scratch.folder / "models" / f"{name}.sql").write_text(f"{{{{ {config} }}}}\n{select}\n")


def fill(scratch: Scratch, table: str, edges: Edges, column_type: str = "bigint") -> None:
    with scratch.connect() as connection:
        connection.execute(f"create or replace table {table} (src {column_type}, dst {column_type})")
        ends = [[edge[0] for edge in edges], [edge[1] for edge in edges]]
        connection.execute(f"insert into {table} select unnest(?::{column_type}[]), unnest(?::{column_type}[])", ends)


def rows(scratch: Scratch, query: str) -> list[Any]:
    with scratch.connect() as connection:
        return connection.execute(query).fetchall()


def components(scratch: Scratch, name: str) -> dict[Any, Any]:
    found = rows(scratch, f"select node, component from {name}")
    assert len(found) == len(dict(found)), f"a node twice in {name}"
    return dict(found)


def tidy(edges: Edges) -> set[tuple[Any, Any]]:
    return {(min(edge), max(edge)) for edge in edges}


def in_words(edges: Edges) -> Edges:
    return [(f"n{one}", f"n{other}") for one, other in edges]


@in_dbt
@given(history=histories)
def test_after_any_steps_the_tables_are_those_of_union_find(
    scratch: Scratch, oracle: Callable[..., Any], history: list[list[Edges]]
) -> None:
    seen: Edges = []
    for step in range(STEPS):
        edges = [(10 * n + a, 10 * n + b) for n, graph in enumerate(history) for a, b in graph[step]]
        seen += edges
        fill(scratch, "edges", edges)
        fill(scratch, "news", edges)
        scratch.dbt("run", *(["--full-refresh"] if step == 0 else []))
        assert components(scratch, "compared") == oracle(edges)
        assert components(scratch, "words") == oracle(in_words(edges))
        assert components(scratch, "appended") == oracle(seen)
        assert components(scratch, "appended_words") == oracle(in_words(seen))
        assert sorted(rows(scratch, "from compared__edges")) == sorted(tidy(edges))
        assert sorted(rows(scratch, "from words__edges")) == sorted(tidy(in_words(edges)))
