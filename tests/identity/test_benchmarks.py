"""The two measuring commands, on files small enough to check by eye."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest
from click.testing import CliRunner

from benchmarks import components, identity

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


def write(path: Path, query: str) -> str:
    duckdb.sql(query).write_parquet(str(path))
    return str(path)


def test_components_of_a_file_of_words(tmp_path: Path) -> None:
    edges = write(
        tmp_path / "edges.parquet", "select * from (values ('b', 'a'), ('c', 'b'), ('x', 'x')) as t(src, dst)"
    )
    out = str(tmp_path / "out.parquet")
    result = CliRunner().invoke(components.main, ["--edges", edges, "--out", out, "--compare", "scipy,splink"])
    assert result.exit_code == 0, result.output
    assert "4 nodes, 2 components" in result.output
    found = duckdb.sql(f"select node, component from '{out}' order by node").fetchall()
    assert found == [("a", "a"), ("b", "a"), ("c", "a"), ("x", "x")]


def test_identity_of_a_file_with_types_that_nobody_foresaw(tmp_path: Path) -> None:
    rows = """
        select 'r' || n as record_id, 'file' as source, unnest(['badge', 'boat']) as identifier_type,
            unnest([badge, boat]) as identifier_value, timestamp '2030-01-01 00:00:00' as observed_at
        from (values (1, 'A', 'Nina'), (2, 'A', 'Pinta'), (3, 'B', 'Pinta'), (4, 'C', 'Maria'), (5, null, 'null'))
            as t(n, badge, boat)
    """  # fmt: skip
    out = str(tmp_path / "out.parquet")
    observations = write(tmp_path / "observations.parquet", rows)
    result = CliRunner().invoke(identity.main, ["--observations", observations, "--out", out])
    assert result.exit_code == 0, result.output
    customers = dict(duckdb.sql(f"select record_id, customer_id from '{out}'").fetchall())
    assert sorted(customers) == ["r1", "r2", "r3", "r4"]
    assert customers["r1"] == customers["r2"] == customers["r3"] != customers["r4"]


@pytest.mark.parametrize(
    ("query", "sentence"), [("select 1 as src", "lacks the column dst"), (None, "cannot be read as")]
)
def test_a_file_that_is_no_graph_is_refused_with_one_sentence(tmp_path: Path, query: str | None, sentence: str) -> None:
    path = tmp_path / "edges.parquet"
    if query:
        write(path, query)
    else:
        path.write_text("no parquet")
    result = CliRunner().invoke(components.main, ["--edges", str(path), "--out", str(tmp_path / "out.parquet")])
    assert result.exit_code == 1
    assert sentence in result.output
