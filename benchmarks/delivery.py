"""How fast audiences are delivered, beside a loop that does nothing but send: `python -m benchmarks.delivery`.

Each way runs in a process of its own and says how long it took after its imports, and how much memory it had at most.
The bare loop fetches from DuckDB and posts batches of 500 with httpx over four threads; it keeps no receipts, asks no
guard and takes nobody out. drt-core and dlt deliver too where `make bench` has installed them (`benchmarks/peers`). Of
the runs that find nothing changed the quickest of three counts.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from benchmarks.delivery_receiver import listening
from benchmarks.delivery_runs import run, run_bare, run_killed, ways
from benchmarks.delivery_warehouse import Place
from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.delivery_runs import Line

_BAD_EVERY = 1000


@click.command(help=__doc__)
@click.option("--records", "sizes", type=int, multiple=True, default=(200_000, 1_000_000), show_default=True)
@click.option("--latency", type=float, default=0.05, show_default=True, help="Seconds that each answer takes.")
@click.option("--peers/--no-peers", default=True, show_default=True, help="Whether drt-core and dlt deliver too.")
def main(*, sizes: tuple[int, ...], latency: float, peers: bool) -> None:
    """Measure first sync, nothing to do, small changes, bad records and a kill, and print a table for each size."""
    chosen = list(ways()) if peers else ["kindred"]
    if peers and len(chosen) == 1:
        click.echo("drt-core and dlt are not installed (`make bench` does it): without them.", err=True)
    try:
        for records in sizes:
            with tempfile.TemporaryDirectory() as folder:
                place = Place(Path(folder) / f"{records}", records)
                place.make()
                _show(list(_measure(place, latency, chosen)))
    except KindredError as error:
        raise click.ClickException(str(error)) from error


def _measure(place: Place, latency: float, chosen: list[str]) -> Iterator[Line]:
    for delay in dict.fromkeys((0.0, latency)):
        what = f"first sync, {delay * 1000:.0f} ms" if delay else "first sync"
        with listening(delay) as receiver:
            yield run_bare(place, receiver, what)
            for who in chosen:
                yield run(who, place.copy(place.home / who / f"{delay}"), receiver, what)
    for who in chosen:
        yield from _later(place, who)
        yield from _in_trouble(place, who)


def _later(place: Place, who: str) -> Iterator[Line]:
    synced = Place(place.home / who / "0.0", place.records)
    with listening() as receiver:
        same = (run(who, synced, receiver, "nothing changed") for _ in range(3))
        yield min(same, key=lambda line: line.seconds)
        changed, left = synced.change(changed=0.01, leaving=0.005)
        line = run(who, synced, receiver, "1% changed, 0.5% left")
        yield line.saying(
            f"{line.taken - line.removals:,} of {changed:,} changes, {line.removals:,} of {left:,} removals"
        )


def _in_trouble(place: Place, who: str) -> Iterator[Line]:
    with listening() as receiver:
        spoilt = place.copy(place.home / who / "bad")
        bad = spoilt.spoil(_BAD_EVERY)
        line = run(who, spoilt, receiver, "one bad in a thousand")
        yield line.saying(f"{place.records - bad - line.taken:,} good ones lost")
        yield run_killed(who, place.copy(place.home / who / "killed"), receiver, "killed at a third, and again")


def _show(lines: list[Line]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("", "", "records", "seconds", "CPU s", "records/s", "of bare", "MB", "requests", "taken"):
        table.add_column(name, justify="right" if name else "left", no_wrap=True)
    table.add_column("")
    bare = {line.what: line.seconds for line in lines if line.who == "bare loop"}
    in_order = list(dict.fromkeys(line.what for line in lines))
    for line in sorted(lines, key=lambda line: in_order.index(line.what)):
        base = bare.get(line.what)
        table.add_row(
            line.what,
            line.who,
            f"{line.records:,}",
            f"{line.seconds:.2f}",
            f"{line.busy:.2f}",
            f"{line.taken / line.seconds:,.0f}",
            f"{base / line.seconds:.0%}" if base else "",
            f"{line.megabytes:.0f}",
            f"{line.requests:,}",
            f"{line.taken:,}",
            line.remark,
        )
    Console(width=180).print(table)


if __name__ == "__main__":
    main()
