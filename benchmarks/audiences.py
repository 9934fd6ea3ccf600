"""Segments and audiences at scale: `python -m benchmarks.audiences [--customers 1000000]`.

What is measured is every model of `models/segments` and `models/activation`: from `customers` to who is in each
segment, since when and why, who of them may be sent what, and what each destination should hold; without dbt's tests.

    bare        the text that dbt compiled, run model by model by plain DuckDB in one process
    full        the same by dbt, from nothing
    same        again, when nothing changed
    1% changed  one customer of a hundred has other traits
    next day    as_of moves by a day, and another 1% has other traits

Seconds run from the first model's start to the last one's end; dbt's own start is printed apart. Each step has a
process of its own. `cpu` is what to compare on a machine that others use.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import duckdb
from rich.console import Console
from rich.table import Table

from benchmarks.audiences_rows import AS_OF, FOLDERS, NEXT_DAY, change_customers, write_rows
from benchmarks.customer_360 import Step, peak_gigabytes
from benchmarks.measure import alone, stopwatch, wall_seconds
from warehouse import KindredError, Settings, connect

if TYPE_CHECKING:
    from collections.abc import Iterator


def prepare(settings: Settings, customers: int) -> None:
    """The tables before the first segment."""
    from orchestration.dbt import Dbt  # noqa: PLC0415 - dbt takes two seconds to import
    from orchestration.registry import write_registry  # noqa: PLC0415

    write_registry(settings)
    manifest = Dbt(settings).manifest()
    with connect(settings) as connection:
        write_rows(connection, manifest, customers)


def build(name: str, settings: Settings, as_of: str) -> Step:
    """Run every model once by dbt.

    Raises:
        KindredError: a model cannot be built.
    """
    from orchestration.dbt import Dbt  # noqa: PLC0415
    from orchestration.failures import sentence_of  # noqa: PLC0415

    before, dbt = time.process_time(), Dbt(settings, as_of)
    with stopwatch() as whole:
        result = dbt.invoke("run", "--select", *FOLDERS)
    if failure := sentence_of(result, dbt):
        raise KindredError(failure)
    nodes: list[Any] = list(getattr(result.result, "results", []))
    seconds, cpu = wall_seconds(nodes), time.process_time() - before
    models = {node.node.name: float(node.execution_time) for node in nodes}
    ordered = sorted(nodes, key=lambda node: max(step.completed_at for step in node.timing))
    texts = [(n.node.relation_name, n.node.compiled_code, n.node.config.materialized == "view") for n in ordered]
    return Step(name, seconds, whole.seconds - seconds, cpu, peak_gigabytes(), models, texts)


def change_and_build(name: str, settings: Settings, customers: int, as_of: str) -> Step:
    """Give 1% of the customers other traits, and build on what stands."""
    with connect(settings) as connection:
        changed = change_customers(connection, customers, as_of)
    return replace(build(name, settings, as_of), active=changed)


def run_bare(settings: Settings, compiled: list[tuple[str, str, bool]]) -> Step:
    """Run the same texts without dbt, in a database in memory, beside the tables that they read."""
    models, before = {}, time.process_time()
    with duckdb.connect() as connection:
        connection.execute("set threads = 2; set timezone = 'UTC'; set enable_progress_bar = false")
        connection.execute(f"attach '{settings.database}' as standing (read_only)")
        ours = {relation for relation, _, _ in compiled}
        for folder in FOLDERS:
            connection.execute(f"create schema {folder}")
        with stopwatch() as whole:
            for relation, text, is_view in compiled:
                with stopwatch() as watch:
                    kind = "view" if is_view else "table"
                    connection.execute(f"create {kind} {_ours(relation)} as {_moved(text, ours)}")
                models[relation.split(".")[-1].strip('"')] = watch.seconds
    return Step("bare", whole.seconds, 0.0, time.process_time() - before, peak_gigabytes(), models, compiled)


def _moved(text: str, ours: set[str]) -> str:
    for relation in ours:
        text = text.replace(relation, _ours(relation))
    return text.replace('"kindred".', '"standing".')


def _ours(relation: str) -> str:
    return relation.replace('"kindred".', '"memory".', 1)


def measure(customers: int, folder: Path) -> Iterator[Step]:
    """Each step when it is asked for, in the order of this module's text; `bare` needs the texts of `full`."""
    settings = replace(Settings.from_env(), home=folder)
    alone(prepare, settings, customers)
    full = alone(build, "full", settings, AS_OF)
    yield alone(run_bare, settings, full.compiled)
    yield full
    yield alone(build, "same", settings, AS_OF)
    yield alone(change_and_build, "1% changed", settings, customers, AS_OF)
    yield alone(change_and_build, "next day", settings, customers, NEXT_DAY)


def show(customers: int, steps: list[Step]) -> None:
    """Print the table of steps, and the ten slowest models of each."""
    bare = steps[0]
    table = Table("step", "seconds", "x bare", "peak GB", "dbt's start", "cpu", "changed")
    table.title = f"segments and audiences: {customers:,} customers, 2 threads"
    for step in steps:
        figures = (f"{step.seconds:.1f}", f"{step.seconds / bare.seconds:.2f}", f"{step.memory:.1f}")
        changed = f"{step.active:,}" if step.active else ""
        table.add_row(step.name, *figures, f"{step.start:.1f}", f"{step.cpu:.1f}", changed)
    slowest = Table(*(step.name for step in steps), title="slowest models, seconds")
    tops = [sorted(step.models.items(), key=lambda item: -item[1])[:10] for step in steps]
    for places in zip(*tops, strict=True):
        slowest.add_row(*(f"{name} {seconds:.1f}" for name, seconds in places))
    console = Console(width=190)
    console.print(table)
    console.print(slowest)


@click.command(help=__doc__)
@click.option("--customers", default=1_000_000, show_default=True, help="How many customers there are.")
def main(*, customers: int) -> None:
    """Measure the layers and print their tables."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            show(customers, list(measure(customers, Path(folder))))
    except KindredError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
