"""What the benchmarks share: a stopwatch, the rivals, and a table with ratios."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import duckdb
from rich.console import Console
from rich.table import Table as RichTable

from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GIVE_UP_SECONDS = 30.0


@dataclass
class Stopwatch:
    """Seconds between entering and leaving a block."""

    seconds: float = 0.0


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    """Time a block by the wall clock."""
    watch, start = Stopwatch(), time.perf_counter()
    try:
        yield watch
    finally:
        watch.seconds = time.perf_counter() - start


def check_columns(path: Path, wanted: tuple[str, ...]) -> None:
    """Refuse a file that cannot be read or lacks a column, with one sentence.

    Raises:
        KindredError: so it is.
    """
    try:
        found = duckdb.sql(f"select * from read_parquet({sql_text(path)}) limit 0").columns
    except duckdb.Error as error:
        raise KindredError(f"{path} cannot be read as Parquet ({str(error).splitlines()[0]}).") from error
    missing = [column for column in wanted if column not in found]
    if missing:
        raise KindredError(f"{path} lacks the column {missing[0]}: it needs {', '.join(wanted)}.")


def sql_text(path: Path) -> str:
    """A path as a literal of SQL."""
    return "'" + str(path.resolve()).replace("'", "''") + "'"


class Rival(Protocol):
    """Another way to the same answer."""

    def __call__(self, edges: Path, /) -> tuple[float, int | None]:
        """The seconds that it took, and how many components it found; none if it gave up."""


def scipy_components(edges: Path, /) -> tuple[float, int | None]:
    """scipy.sparse.csgraph.connected_components, end to end: read the file, number the nodes, solve, name the nodes."""
    import numpy as np  # noqa: PLC0415  (the rivals' own imports are no part of ours)
    from scipy.sparse import coo_array  # noqa: PLC0415
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    with stopwatch() as watch, duckdb.connect() as connection:
        columns = connection.execute("select src, dst from read_parquet(?)", [str(edges)]).fetchnumpy()
        names, numbers = np.unique(np.concatenate([columns["src"], columns["dst"]]), return_inverse=True)
        src, dst = np.split(numbers, 2)
        graph = coo_array((np.ones(len(src), dtype=np.int8), (src, dst)), shape=(len(names), len(names)))
        found, labels = connected_components(graph, directed=False)
        least = np.full(found, len(names), dtype=np.int64)
        np.minimum.at(least, labels, np.arange(len(names)))
        _ = names[least[labels]]
    return watch.seconds, int(found)


def label_loop(edges: Path, /) -> tuple[float, int | None]:
    """Each node takes its neighbours' least label until nothing changes: the usual loop, one round a step."""
    with stopwatch() as watch, duckdb.connect() as connection:
        connection.execute(
            "create table edges as select src, dst from read_parquet($1)"
            " union all select dst, src from read_parquet($1)",
            [str(edges)],
        )
        connection.execute("create table labels as select distinct src as node, src as label from edges")
        start, changed = time.perf_counter(), 1
        while changed and time.perf_counter() - start < GIVE_UP_SECONDS:
            changed = _spread_labels(connection)
        [(found,)] = connection.execute("select count(distinct label) from labels").fetchall()
    return watch.seconds, None if changed else int(found)


def _spread_labels(connection: duckdb.DuckDBPyConnection) -> int:
    connection.execute(
        "create or replace table spread as select labels.node, least(labels.label, min(neighbours.label)) as label"
        " from labels inner join edges on labels.node = edges.src"
        " inner join labels as neighbours on edges.dst = neighbours.node group by labels.node, labels.label"
    )
    [(changed,)] = connection.execute(
        "select count(*) from spread inner join labels using (node) where spread.label <> labels.label"
    ).fetchall()
    connection.execute("drop table labels")
    connection.execute("alter table spread rename to labels")
    return int(changed)


RIVALS: dict[str, Rival] = {"scipy": scipy_components, "label_loop": label_loop}


def rivals(names: str) -> dict[str, Rival]:
    """The rivals of a comma-separated list.

    Raises:
        KindredError: there is no such rival.
    """
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    for name in wanted:
        if name not in RIVALS:
            raise KindredError(f"There is no rival '{name}': choose from {', '.join(RIVALS)}.")
    return {name: RIVALS[name] for name in wanted}


@dataclass
class Table:
    """Seconds of several runs on one input, and how they compare with the first."""

    name: str
    seconds: float
    others: list[tuple[str, float, int | None]] = field(default_factory=list)

    def add(self, name: str, seconds: float, found: int | None) -> None:
        """One more run and how many components it found; none if it gave up."""
        self.others.append((name, seconds, found))

    def show(self, found: int, title: str | None = None) -> None:
        """Print the table; a rival that found something else is marked."""
        table = RichTable("", "seconds", "ratio", "components", title=title, title_justify="left")
        for name, seconds, components in [(self.name, self.seconds, found), *self.others]:
            answer = "gave up" if components is None else f"{components:,}" + " ≠" * (components != found)
            table.add_row(name, f"{seconds:.2f}", f"{seconds / self.seconds:.2f}", answer)
        Console().print(table)
