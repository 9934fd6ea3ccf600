"""The standard set of benchmarks: `python -m benchmarks`, or `make bench`.

Everything runs one after another on this machine, and what matters is the ratios: seconds depend on the machine.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import click
import duckdb

from benchmarks import components, identity
from benchmarks.measure import Table, rivals

GRAPHS = {
    "chain of {n:,} links": "select i as src, i + 1 as dst from range({n}) as r(i)",
    "star of {n:,}": "select -1 as src, i as dst from range({n}) as r(i)",
    "random, {n:,} edges": (
        "select hash(i * 2) % ({n} * 4 // 5) as src, hash(i * 2 + 1) % ({n} * 4 // 5) as dst from range({n}) as r(i)"
    ),
    "small families, {n:,} edges": "select i // 4 * 4 as src, i as dst from range({n}) as r(i)",
}
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


@click.command(help=__doc__)
@click.option("--size", default=1_000_000, show_default=True, help="Edges of each graph, and observations.")
@click.option("--compare", default="scipy,label_loop", show_default=True, help="Rivals for the graphs.")
def main(size: int, compare: str) -> None:
    """Run the set and print a table for each part."""
    with tempfile.TemporaryDirectory() as folder:
        for title, query in GRAPHS.items():
            edges = _written(Path(folder) / "edges.parquet", query, size)
            solved = components.solve(edges, Path(folder) / "components.parquet")
            table = Table("kindred", solved.seconds)
            for name, rival in rivals(compare).items():
                table.add(name, *rival(edges))
            table.show(solved.components, f"{title.format(n=size)} ({solved.rounds} rounds)")
        observations = _written(Path(folder) / "observations.parquet", PEOPLE, size)
        found = identity.resolve(observations, Path(folder) / "customers.parquet")
    print(f"identity: {found.observations:,} observations of {found.customers:,} customers in {found.seconds:.1f} s")


def _written(path: Path, query: str, size: int) -> Path:
    with duckdb.connect() as connection:
        connection.execute(f"copy ({query.format(n=size)}) to '{path}' (format parquet)")
    return path


if __name__ == "__main__":
    main()
