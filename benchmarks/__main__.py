"""The standard set of benchmarks: `python -m benchmarks`, or `make bench`.

Everything runs one after another on this machine, and what matters is the ratios: seconds depend on the machine. The
columns of Splink and scipy say how many times our seconds they took. Theirs are counted as ours are: with scipy from
the file of edges to the answer (`kindred s`), with Splink from a table of edges that is there already (`clustering s`).
The last column says which share of a full solution it took to fold in 1% of new links.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import click
import duckdb
from rich.console import Console
from rich.table import Table

from benchmarks import components, identity
from benchmarks.measure import alone
from benchmarks.rivals import chosen, compete
from warehouse import KindredError

GRAPHS = {
    "random": (
        "select cast(hash(i * 2) % ({n} * 4 // 5) as bigint) as src,"
        " cast(hash(i * 2 + 1) % ({n} * 4 // 5) as bigint) as dst from range({n}) as r(i)"
    ),
    "random, text": (
        "select 'user-' || hash(i * 2) % ({n} * 4 // 5) as src, 'user-' || hash(i * 2 + 1) % ({n} * 4 // 5) as dst"
        " from range({n}) as r(i)"
    ),
    "families": "select i // 4 * 4 as src, i as dst from range({n}) as r(i)",
    "star": "select -1 as src, i as dst from range({n}) as r(i)",
    "cliques of 50": (
        "select 50 * c + i as src, 50 * c + j as dst"
        " from range({n} // 1225) as a(c), range(50) as b(i), range(50) as d(j) where i < j"
    ),
    "two chains": (
        "select cast(hash(i) // 2 as bigint) as src, cast(hash(i + 2) // 2 as bigint) as dst"
        " from range({n} * 9 // 10) as r(i)"
    ),
}
"""Queries by name, for n edges; the chains of n = 1,000,000 have a diameter of 450,000, under ids in no order. What a
hash is divided by makes it a huge integer, which Parquet would keep as a double."""

_NEW = (
    "select src, lead(src, 1, src) over (order by hash(src, dst)) as dst from '{edges}' where hash(dst, src) % 100 = 0"
)
"""1% as many links as the file has, between any two of its nodes."""

PEOPLE = """
select
    'r:' || i as record_id,
    'bench' as source,
    unnest(['user_id', 'email', 'phone', 'device_id', 'cookie']) as identifier_type,
    unnest([
        'u' || person, 'p' || person || '.' || i % 2 || '@x.org', '+49151' || (10000000 + person), 'd' || person // 2,
        'c' || person || '-' || i % 3
    ]) as identifier_value,
    timestamp '2026-01-01 00:00:00' + interval (i % 500000) minute as observed_at
from (select i, cast(hash(i) % ({n} // 20) as bigint) as person from range({n} // 5) as r(i)) as records
"""
"""People with two emails, three cookies and a device that every second one shares with somebody."""


@dataclass(frozen=True)
class Contest:
    """What is run for each graph.

    Attributes:
        size: edges of each graph.
        rivals: who runs beside us.
        limit: seconds after which a rival is stopped.
    """

    size: int
    rivals: list[str]
    limit: float


@click.command(help=__doc__)
@click.option("--size", default=1_000_000, show_default=True, help="Edges of each graph, and observations.")
@click.option("--graphs", default=",".join(GRAPHS), show_default=True, help="The graphs; their names begin so.")
@click.option("--compare", default="splink,scipy", show_default=True, help="Rivals for the graphs.")
@click.option("--limit", default=60.0, show_default=True, help="Seconds after which a rival is stopped.")
@click.option("--people/--no-people", default=True, show_default=True, help="Whether to run the identity models too.")
def main(*, size: int, graphs: str, compare: str, limit: float, people: bool) -> None:
    """Run the set and print its table."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            contest = Contest(size, chosen(compare), limit)
            wanted = [name for name in GRAPHS if any(name.startswith(start.strip()) for start in graphs.split(","))]
            _show(contest, [_compete(contest, name, Path(folder)) for name in wanted])
            if people:
                _resolve(size, Path(folder))
    except KindredError as error:
        raise click.ClickException(str(error)) from error


def _compete(contest: Contest, name: str, folder: Path) -> list[str]:
    edges = _written(folder / "edges.parquet", GRAPHS[name].format(n=contest.size))
    new = _written(folder / "new.parquet", _NEW.format(edges=edges))
    out, from_table = folder / "components.parquet", "splink" in contest.rivals
    solved = alone(components.solve, edges, out, new, from_table=from_table)
    cells = [name, f"{solved.nodes:,}", f"{solved.components:,}", str(solved.rounds), f"{solved.seconds:.2f}"]
    cells.append("" if solved.clustering is None else f"{solved.clustering:.3f}")
    for rival in contest.rivals:
        seconds, found = compete(rival, edges, contest.limit)
        cells.append(_against(solved, rival, seconds, found))
    return [*cells, f"{solved.new_seconds:.2f} ({(solved.new_seconds or 0) / solved.seconds:.0%})"]


def _against(ours: components.Solved, rival: str, seconds: float, found: int | None) -> str:
    times = seconds / ours.as_counted(rival)
    if found is None:
        return f"stopped at {seconds:.0f} (> {times:.0f}x)"
    return f"{seconds:.2f} ({times:.2f}x)" + (" ≠" if found != ours.components else "")


def _show(contest: Contest, rows: list[list[str]]) -> None:
    ours = ("graph", "nodes", "components", "rounds", "kindred s", "clustering s")
    heads = [*ours, *(f"{name} s" for name in contest.rivals), "+1% s"]
    table = Table(*heads, title=f"{contest.size:,} edges, seconds", title_justify="left")
    for row in rows:
        table.add_row(*row)
    Console(width=140).print(table)


def _resolve(size: int, folder: Path) -> None:
    observations = _written(folder / "observations.parquet", PEOPLE.format(n=size))
    found = identity.resolve(observations, folder / "customers.parquet")
    print(f"identity: {found.observations:,} observations of {found.customers:,} customers in {found.seconds:.1f} s")


def _written(path: Path, query: str) -> Path:
    with duckdb.connect() as connection:
        connection.execute(f"copy ({query}) to '{path}' (format parquet)")
    return path


if __name__ == "__main__":
    main()
