"""Connected components of a file of edges by the real materialization, run through dbt.

    python -m benchmarks.components --edges EDGES.parquet --out COMPONENTS.parquet [--compare splink,scipy]
    python -m benchmarks.components --edges EDGES.parquet --new NEW.parquet --out COMPONENTS.parquet

EDGES has the columns `src` and `dst`, integers or strings; COMPONENTS gets `node` and `component`, its least node. With
--new, EDGES are solved in full, NEW is folded in by a second run, and the result is checked against a full solution of
both. The seconds are those of the model alone, from reading the file to the finished table; dbt's start, with a
first model of one edge, is printed apart. Splink's clustering begins with tables of nodes and edges: to compare us with
it, the same is done once more with a table of edges that is there already. What takes less than a second, here or
there, is done three times, and the least counts.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
import yaml
from rich.console import Console
from rich.table import Table

from benchmarks.measure import check_columns, quickest, sql_text, stopwatch
from benchmarks.rivals import GIVE_UP_SECONDS, chosen, compete
from warehouse import KindredError

if TYPE_CHECKING:
    from benchmarks.warehouse import Scratch


@dataclass(frozen=True)
class Solved:
    """What one solution took.

    Attributes:
        seconds: of the model alone, for all of EDGES.
        started: seconds until then, which are dbt's start.
        rounds: of contraction.
        nodes: how many there are in EDGES.
        components: how many they make.
        new_seconds: of the model alone, to fold in NEW; none without it.
        clustering: seconds of the same model over a table of EDGES; none if nobody asked.
    """

    seconds: float
    started: float
    rounds: int
    nodes: int
    components: int
    new_seconds: float | None = None
    clustering: float | None = None

    def as_counted(self, rival: str) -> float:
        """Our seconds from where the rival's clock starts: Splink's at tables, others' at the file."""
        return self.clustering if rival == "splink" and self.clustering is not None else self.seconds


def solve(
    edges: Path, out: Path, new: Path | None = None, memory: str | None = None, *, from_table: bool = False
) -> Solved:
    """Write the components of `edges`, and of `new` if it is given, to `out`.

    Args:
        edges: a Parquet file with src and dst.
        out: the Parquet file to write.
        new: more edges, which are folded in by a second run.
        memory: DuckDB's limit, such as 2GB; what does not fit goes to disk.
        from_table: whether to cluster a table of the edges too.

    Raises:
        KindredError: a file cannot be read, its edges are refused, or the second run does not agree with a full one.
    """
    for path in (edges, new or edges):
        check_columns(path, ("src", "dst"))
    with tempfile.TemporaryDirectory() as folder:
        with stopwatch() as whole:
            from benchmarks.warehouse import components_project  # noqa: PLC0415  (dbt takes two seconds to import)

            scratch = components_project(Path(folder) / "project")
            _limit_memory(scratch, memory)
            _write_models(scratch, edges, new)
            first = _run(scratch, "components")
        seconds, rounds = quickest(lambda: _run_anew(scratch, "components"), first)
        nodes, components = _counts(scratch)
        clustering = quickest(lambda: _run_anew(scratch, "edges", "clustering"))[0] if from_table else None
        new_seconds = _fold_in(scratch) if new else None
        _export(scratch, out)
    return Solved(seconds, whole.seconds - first[0], rounds, nodes, components, new_seconds, clustering)


def _limit_memory(scratch: Scratch, memory: str | None) -> None:
    path = scratch.folder / "profiles.yml"
    profiles = yaml.safe_load(path.read_text())
    if memory:
        profiles["kindred"]["outputs"]["scratch"]["settings"]["memory_limit"] = memory
    path.write_text(yaml.safe_dump(profiles))


def _write_models(scratch: Scratch, edges: Path, new: Path | None) -> None:
    incremental = ", incremental='append'" if new else ""
    model = _MODEL.format(incremental=incremental, edges=sql_text(edges), new=sql_text(new or edges))
    (scratch.folder / "models" / "start.sql").write_text(_START)
    (scratch.folder / "models" / "components.sql").write_text(model)
    (scratch.folder / "models" / "edges.sql").write_text(_EDGES.format(edges=sql_text(edges)))
    (scratch.folder / "models" / "clustering.sql").write_text(_CLUSTERING)
    if new:
        check = _CHECK.format(edges=sql_text(edges), new=sql_text(new))
        (scratch.folder / "models" / "solved_at_once.sql").write_text(check)


_START = """
{{ config(materialized='connected_components') }}
select 1 as src, 1 as dst
"""
_MODEL = """
{{{{ config(materialized='connected_components'{incremental}) }}}}
-- depends_on: {{{{ ref('start') }}}}
select src, dst from read_parquet({{{{ {new!r} if kindred.components_stand() else {edges!r} }}}})
"""
_EDGES = """
{{{{ config(materialized='table') }}}}
-- depends_on: {{{{ ref('start') }}}}
select src, dst from read_parquet({edges})
"""
_CLUSTERING = """
{{ config(materialized='connected_components', edges_stand=true) }}
select src, dst from {{ ref('edges') }}
"""
_CHECK = """
{{{{ config(materialized='connected_components') }}}}
select src, dst from read_parquet([{edges}, {new}])
"""
_DIFFERENCES = """
select count(*) from components full join solved_at_once using (node)
where components.component is distinct from solved_at_once.component
"""


def _run_anew(scratch: Scratch, *models: str) -> tuple[float, int]:
    with scratch.connect() as connection:
        connection.execute(f"drop table if exists {models[-1]}")
    return _run(scratch, *models)


def _run(scratch: Scratch, *models: str) -> tuple[float, int]:
    # A process of dbt compiles each macro when it is first called: what `start` takes is dbt's start too.
    node = scratch.dbt("run", "--select", "start", *models)[-1]
    return float(node.execution_time), int(node.message.split()[0])


def _fold_in(scratch: Scratch) -> float:
    seconds, _ = _run(scratch, "components")
    _run(scratch, "solved_at_once")
    with scratch.connect() as connection:
        [(differences,)] = connection.execute(_DIFFERENCES).fetchall()
    if differences:
        raise KindredError(f"Folding in the new edges gave {differences} nodes another component than a full solution.")
    return seconds


def _counts(scratch: Scratch) -> tuple[int, int]:
    with scratch.connect() as connection:
        [(nodes, found)] = connection.execute("select count(*), count(distinct component) from components").fetchall()
    return int(nodes), int(found)


def _export(scratch: Scratch, out: Path) -> None:
    with scratch.connect() as connection:
        connection.execute(f"copy components to {sql_text(out)} (format parquet)")


@click.command(help=__doc__)
@click.option("--edges", type=click.Path(path_type=Path), required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--new", type=click.Path(path_type=Path), help="More edges, folded in by a second run.")
@click.option("--memory", help="DuckDB's memory limit, such as 2GB.")
@click.option("--compare", default="", help="Rivals to run beside it: splink, scipy.")
@click.option("--limit", default=GIVE_UP_SECONDS, show_default=True, help="Seconds after which a rival is stopped.")
def main(*, edges: Path, out: Path, new: Path | None, memory: str | None, compare: str, limit: float) -> None:  # noqa: PLR0913  (one per option)
    """Solve one file and print what it took."""
    try:
        wanted = chosen(compare)
        solved = solve(edges, out, new, memory, from_table="splink" in wanted)
        _report(solved)
        if wanted:
            _compare(solved, {name: compete(name, edges, limit) for name in wanted})
    except KindredError as error:
        raise click.ClickException(str(error)) from error


def _report(solved: Solved) -> None:
    print(f"{solved.nodes:,} nodes, {solved.components:,} components, {solved.rounds} rounds in {solved.seconds:.2f} s")
    print(f"dbt's start: {solved.started:.1f} s, beside these seconds")
    if solved.new_seconds is not None:
        share = solved.new_seconds / solved.seconds
        print(f"new edges: {solved.new_seconds:.2f} s, {share:.1%} of the full solution; the tables are equal")


def _compare(solved: Solved, others: dict[str, tuple[float, int | None]]) -> None:
    table = Table("", "seconds", "ours", "times ours", "components")
    for name, (seconds, found) in others.items():
        ours = solved.as_counted(name)
        answer = _answer(found, solved.components)
        table.add_row(name, f"{seconds:.3f}", f"{ours:.3f}", f"{seconds / ours:.2f}", answer)
    Console().print(table)


def _answer(found: int | None, ours: int) -> str:
    if found is None:
        return "stopped"
    return f"{found:,}" + " ≠" * (found != ours)


if __name__ == "__main__":
    main()
