"""What the benchmarks share: a stopwatch, and checks of the files that they read."""

from __future__ import annotations

import json
import multiprocessing
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb

from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Result = TypeVar("Result")
_TRIES = 3


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


def alone(work: Callable[..., Result], *arguments: Any, **named: Any) -> Result:
    """Call a function of a module in a process of its own, where nothing that ran before is in its way."""
    with ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *arguments, **named).result()


def tell(work: Callable[[], Mapping[str, object]]) -> None:
    """Do it, and print as JSON: seconds by the clock, those of processors, the most megabytes, and what it returned."""
    before = time.process_time()
    with stopwatch() as watch:
        said = work()
    busy = time.process_time() - before
    print(json.dumps({"seconds": watch.seconds, "busy": busy, "megabytes": _most_megabytes(), **said}))


def _most_megabytes() -> float:
    # What getrusage says begins with the memory of the process that started this one.
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    peak = [int(line.split()[1]) for line in lines if line.startswith("VmHWM")]
    return (peak or [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss])[0] / 1024


def quickest(
    work: Callable[[], tuple[float, Result]], first: tuple[float, Result] | None = None
) -> tuple[float, Result]:
    """The least seconds of three, with what else was said, of work that takes less than one; more is done once."""
    tries = [first or work()]
    while len(tries) < _TRIES and tries[0][0] < 1:
        tries.append(work())
    return min(tries, key=lambda one: one[0])


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


def wall_seconds(nodes: list[Any]) -> float:
    """From the first model's start to the last one's end, by dbt's results."""
    steps = [step for node in nodes for step in node.timing if step.completed_at]
    return float((max(s.completed_at for s in steps) - min(s.started_at for s in steps)).total_seconds())


def sql_text(path: Path) -> str:
    """A path as a literal of SQL."""
    return "'" + str(path.resolve()).replace("'", "''") + "'"
