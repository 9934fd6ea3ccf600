"""Connected components of a file of edges by the real materialization, run through dbt.

    python -m benchmarks.components --edges EDGES.parquet --out COMPONENTS.parquet [--compare scipy,label_loop]

EDGES has the columns `src` and `dst`, integers or strings; COMPONENTS gets `node` and `component`, its least node. The
seconds are those of the model alone, from reading the file to the finished table; dbt's start is printed apart.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import click

from benchmarks.measure import Table, check_columns, rivals, sql_text, stopwatch
from warehouse import KindredError


@dataclass(frozen=True)
class Solved:
    """What one solution took.

    Attributes:
        seconds: of the model alone.
        started: seconds until then, which are dbt's start.
        rounds: of contraction.
        nodes: how many there are.
        components: how many were found.
    """

    seconds: float
    started: float
    rounds: int
    nodes: int
    components: int


def solve(edges: Path, out: Path) -> Solved:
    """Write the components of `edges` to `out`.

    Raises:
        KindredError: the file cannot be read, or its edges are refused.
    """
    check_columns(edges, ("src", "dst"))
    with stopwatch() as whole, tempfile.TemporaryDirectory() as folder:
        from benchmarks.warehouse import components_project  # noqa: PLC0415  (dbt takes two seconds to import)

        scratch = components_project(Path(folder) / "project")
        (scratch.folder / "models" / "components.sql").write_text(_MODEL.format(edges=sql_text(edges)))
        [node] = scratch.dbt("run")
        with scratch.connect() as connection:
            connection.execute(f"copy components to {sql_text(out)} (format parquet)")
            [counts] = connection.execute("select count(*), count(distinct component) from components").fetchall()
    seconds = float(node.execution_time)
    return Solved(seconds, whole.seconds - seconds, int(node.message.split()[0]), *counts)


_MODEL = """
{{{{ config(materialized='connected_components') }}}}
select src, dst from read_parquet({edges})
"""


@click.command(help=__doc__)
@click.option("--edges", type=click.Path(path_type=Path), required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--compare", default="", help="Rivals to run beside it: scipy, label_loop.")
def main(edges: Path, out: Path, compare: str) -> None:
    """Solve one file and print what it took."""
    try:
        solved = solve(edges, out)
        print(f"{solved.nodes:,} nodes, {solved.components:,} components, {solved.rounds} rounds")
        table = Table("kindred", solved.seconds)
        for name, rival in rivals(compare).items():
            table.add(name, *rival(edges))
    except KindredError as error:
        raise click.ClickException(str(error)) from error
    print(f"dbt's start: {solved.started:.1f} s, beside the seconds below")
    table.show(solved.components)


if __name__ == "__main__":
    main()
