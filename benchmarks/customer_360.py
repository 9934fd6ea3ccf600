"""The customer_360 layer at scale: `python -m benchmarks.customer_360 [--customers 1000000 --events 10000000]`.

What is measured is every model of `models/customer_360`: from typed feeds and the customer of each record to
`customers` and `timeline`. Staging and identity are not part of it, nor are dbt's tests. In this order:

    bare        the text that dbt compiled, run model by model by plain DuckDB in one process
    full        the same by dbt, from nothing
    late        1% more events of the 30 days before as_of, which stays: a micro-batch
    next day    1% more events of the day after, and as_of moves to its end: a daily run

Seconds run from the first model's start to the last one's end; dbt's own start is printed apart. Memory is the peak of
the whole process. Each step has a process of its own. `cpu` is what to compare on a machine that others use.
"""

from __future__ import annotations

import resource
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import duckdb
from rich.console import Console
from rich.table import Table

from benchmarks.customer_360_rows import AS_OF, write_customers, write_events
from benchmarks.measure import alone, stopwatch, wall_seconds
from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.warehouse import Scratch

_NEXT_DAY = "2026-07-02 00:00:00"


@dataclass(frozen=True)
class Load:
    """How much there is to do.

    Attributes:
        customers: how many people can have events.
        events: how many there are before the steps that add 1%.
        memory: DuckDB's limit; what does not fit goes to disk.
    """

    customers: int
    events: int
    memory: str


@dataclass(frozen=True)
class Step:
    """What one step took.

    Attributes:
        name: of the step.
        seconds: of the models.
        start: seconds that dbt took beside them.
        cpu: seconds of processor time, dbt's start included: what to compare where others use the machine.
        memory: the peak of the process in GB.
        models: seconds of each model.
        compiled: the name of each table or view, and its text, in the order in which they ran.
        active: customers with a new event.
    """

    name: str
    seconds: float
    start: float
    cpu: float
    memory: float
    models: dict[str, float]
    compiled: list[tuple[str, str, bool]]
    active: int = 0


def build(name: str, scratch: Scratch, as_of: str, active: int = 0) -> Step:
    """Run every model once by dbt."""
    before = time.process_time()
    with stopwatch() as whole:
        nodes = scratch.dbt("run", "--select", "customer_360", variables={"as_of": as_of})
    seconds = wall_seconds(nodes)
    models = {node.node.name: float(node.execution_time) for node in nodes}
    cpu = time.process_time() - before
    return Step(name, seconds, whole.seconds - seconds, cpu, peak_gigabytes(), models, _compiled(nodes), active)


def _compiled(nodes: list[Any]) -> list[tuple[str, str, bool]]:
    ordered = sorted(nodes, key=lambda node: max(step.completed_at for step in node.timing))
    return [(n.node.relation_name, n.node.compiled_code, n.node.config.materialized == "view") for n in ordered]


def run_bare(scratch: Scratch, compiled: list[tuple[str, str, bool]], memory: str) -> Step:
    """Run the same texts without dbt."""
    models, before = {}, time.process_time()
    with stopwatch() as whole, duckdb.connect(str(scratch.database)) as connection:
        connection.execute(
            f"set threads = 2; set timezone = 'UTC'; set memory_limit = '{memory}'; set checkpoint_threshold = '1GB';"
            " set enable_progress_bar = false"
        )
        connection.execute("create schema customer_360")
        for relation, text, is_view in compiled:
            with stopwatch() as watch:
                connection.execute(f"create {'view' if is_view else 'table'} {relation} as {text}")
            models[relation.split(".")[-1].strip('"')] = watch.seconds
    return Step("bare", whole.seconds, 0.0, time.process_time() - before, peak_gigabytes(), models, compiled)


def peak_gigabytes() -> float:
    """The most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def prepare(folder: Path, load: Load) -> Scratch:
    """A project with its rows and its views of them, and nothing of customer_360."""
    from benchmarks.customer_360_project import customer_360_project  # noqa: PLC0415  (dbt takes two seconds to import)

    scratch = customer_360_project(folder, load.memory)
    write_customers(scratch, load.customers)
    write_events(scratch, load.customers, (0, load.events), AS_OF, days=730)
    scratch.dbt("seed")
    scratch.dbt("run", "--exclude", "customer_360")
    return scratch


def build_again(name: str, scratch: Scratch, load: Load, as_of: str, days: int) -> Step:
    """Append 1% of events and build on what stands."""
    step = load.events // 100
    first = load.events + (0 if as_of == AS_OF else step)
    active = write_events(scratch, load.customers, (first, first + step), as_of, days)
    return build(name, scratch, as_of, active)


def measure(load: Load, folder: Path) -> Iterator[Step]:
    """Each step when it is asked for, in the order of this module's text; `bare` needs the texts of `full`."""
    scratch = alone(prepare, folder / "kept", load)
    (folder / "bare").mkdir()
    bare = type(scratch)(folder / "bare")
    shutil.copy(scratch.database, bare.database)
    full = alone(build, "full", scratch, AS_OF)
    yield alone(run_bare, bare, full.compiled, load.memory)
    shutil.rmtree(bare.folder)
    yield full
    yield alone(build_again, "late 1%", scratch, load, AS_OF, 30)
    yield alone(build_again, "next day 1%", scratch, load, _NEXT_DAY, 1)


def show(load: Load, steps: list[Step]) -> None:
    """Print the table of steps, and the ten slowest models of each."""
    bare, full = steps[:2]
    size = f"{load.customers:,} customers, {load.events:,} events"
    title = f"customer_360: {size}, 2 threads, DuckDB limited to {load.memory}"
    table = Table("step", "seconds", "x bare", "of full", "peak GB", "dbt's start", "cpu", "changed", title=title)
    for step in steps:
        ratios = f"{step.seconds / bare.seconds:.2f}", f"{step.seconds / full.seconds:.0%}"
        changed = f"{step.active:,}" if step.active else ""
        table.add_row(
            step.name,
            f"{step.seconds:.1f}",
            *ratios,
            f"{step.memory:.1f}",
            f"{step.start:.1f}",
            f"{step.cpu:.1f}",
            changed,
        )
    slowest = Table(*(step.name for step in steps), title="slowest models, seconds")
    tops = [sorted(step.models.items(), key=lambda item: -item[1])[:10] for step in steps]
    for places in zip(*tops, strict=True):
        slowest.add_row(*(f"{name} {seconds:.1f}" for name, seconds in places))
    console = Console(width=170)
    console.print(table)
    console.print(slowest)


@click.command(help=__doc__)
@click.option("--customers", default=1_000_000, show_default=True, help="People who can have events.")
@click.option("--events", default=10_000_000, show_default=True, help="Events before the steps that add 1%.")
@click.option("--memory", default="6GB", show_default=True, help="DuckDB's memory limit.")
def main(*, customers: int, events: int, memory: str) -> None:
    """Measure the layer and print its tables."""
    load = Load(customers, events, memory)
    try:
        with tempfile.TemporaryDirectory() as folder:
            show(load, list(measure(load, Path(folder))))
    except KindredError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
