"""Other ways to connected components, each run in a process of its own that can be stopped.

    python -m benchmarks.rivals scipy EDGES.parquet

prints `seconds components`. What is counted, here and for Kindred: from reading the Parquet file to the finished answer
(a table, or arrays of node and least node); not the imports, and not writing a file.
Of Splink only the clustering is counted, on tables of nodes and edges that are there already. Our own clock starts
there too when we are compared with it, but for the nodes, which we find within our seconds. What takes less than a
second is done three times, and the least counts.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click
import duckdb

from benchmarks.measure import quickest, stopwatch
from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Callable

GIVE_UP_SECONDS = 120.0


def compete(name: str, edges: Path, limit: float = GIVE_UP_SECONDS) -> tuple[float, int | None]:
    """Run one rival.

    Returns:
        The seconds that it took and how many components it found; none if it was stopped at the limit.

    Raises:
        KindredError: it failed.
    """
    command = [sys.executable, "-m", "benchmarks.rivals", name, str(edges)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return limit, None
    if done.returncode:
        raise KindredError(f"{name} failed: {done.stderr.strip().splitlines()[-1]}")
    seconds, found = done.stdout.split()[-2:]
    return float(seconds), int(found)


def scipy_components(edges: Path) -> tuple[float, int]:
    """scipy.sparse.csgraph.connected_components; nodes are numbered by pandas, which is faster than numpy.unique."""
    import numpy as np  # noqa: PLC0415  (each rival imports its own)
    import pandas as pd  # noqa: PLC0415
    from scipy.sparse import coo_array  # noqa: PLC0415
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    with stopwatch() as watch, duckdb.connect() as connection:
        columns = connection.execute("select src, dst from read_parquet(?)", [str(edges)]).fetchnumpy()
        numbers, nodes = pd.factorize(np.concatenate([columns["src"], columns["dst"]]))
        src, dst = np.split(numbers, 2)
        graph = coo_array((np.ones(len(src), dtype=np.int8), (src, dst)), shape=(len(nodes), len(nodes)))
        found, labels = connected_components(graph, directed=False)
        _ = pd.Series(nodes).groupby(labels).min().to_numpy()[labels]
    return watch.seconds, int(found)


def splink_components(edges: Path) -> tuple[float, int]:
    """Splink's clustering on DuckDB. Its tables of nodes and edges are made before the clock starts, in its favour."""
    from splink import DuckDBAPI  # noqa: PLC0415
    from splink.clustering import cluster_pairwise_predictions_at_threshold  # noqa: PLC0415

    logging.getLogger("splink").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(str(Path(folder) / "splink.duckdb")) as connection:
        connection.execute("create table edges as select src, dst from read_parquet(?)", [str(edges)])
        connection.execute("create table nodes as select src as node from edges union select dst from edges")
        splink = DuckDBAPI(connection=connection)
        nodes, links = splink.register("nodes"), splink.register("edges")
        with stopwatch() as watch:
            clusters = cluster_pairwise_predictions_at_threshold(
                nodes, links, splink, "node", edge_id_column_name_left="src", edge_id_column_name_right="dst"
            )
        sql = f"select count(distinct cluster_id) from {clusters.physical_name}"
        [(found,)] = connection.execute(sql).fetchall()
    return watch.seconds, int(found)


RIVALS: dict[str, Callable[[Path], tuple[float, int]]] = {"splink": splink_components, "scipy": scipy_components}


def chosen(names: str) -> list[str]:
    """The rivals of a comma-separated list.

    Raises:
        KindredError: there is no such rival.
    """
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    for name in wanted:
        if name not in RIVALS:
            raise KindredError(f"There is no rival '{name}': choose from {', '.join(RIVALS)}.")
    return wanted


@click.command(help=__doc__)
@click.argument("name", type=click.Choice(sorted(RIVALS)))
@click.argument("edges", type=click.Path(path_type=Path))
def main(name: str, edges: Path) -> None:
    """Run one rival on one file."""
    print(*quickest(lambda: RIVALS[name](edges)))


if __name__ == "__main__":
    main()
