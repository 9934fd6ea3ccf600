"""How fast audiences are delivered, beside a loop that does nothing but send: `python -m benchmarks.delivery`.

Each way runs in a process of its own and says how long it took after its imports, and how much memory it had at most.
The bare loop fetches from DuckDB and posts batches of 500 with httpx over four threads; it keeps no receipts, asks no
guard and takes nobody out.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

from benchmarks.delivery_receiver import listening
from benchmarks.delivery_warehouse import SYNC, Place
from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.delivery_receiver import Listening

CONNECTIONS = 4
_SECRET = {"BENCH_SECRET": "a secret for the benchmark"}


@dataclass(frozen=True)
class Line:
    """One line of the table; seconds and megabytes of the sending process, counts of the receiver.

    `busy` is what its threads used of the processors: it says more than the clock where others use them too.
    """

    what: str
    records: int
    seconds: float
    busy: float
    megabytes: float
    requests: int
    taken: int
    remark: str = ""


@click.command()
@click.option("--records", "sizes", type=int, multiple=True, default=(200_000, 1_000_000), show_default=True)
@click.option("--latency", type=float, default=0.05, show_default=True, help="Seconds that each answer takes.")
def main(sizes: tuple[int, ...], latency: float) -> None:
    """Measure first sync, nothing to do, small changes, bad records and a kill, and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        for records in sizes:
            place = Place(Path(folder) / f"{records}", records)
            place.make()
            _show(list(_measure(place, latency)))


def _measure(place: Place, latency: float) -> Iterator[Line]:
    for delay in (0.0, latency):
        with listening(delay) as receiver:
            yield _run("bare loop", "bare", place, receiver, f"{delay * 1000:.0f} ms")
            one = place.copy(place.home / f"first-{delay}")
            yield _run("first sync", "sync", one, receiver, f"{delay * 1000:.0f} ms")
            if not delay:
                yield _run("nothing to do", "sync", one, receiver)
                one.change(changed=0.01, leaving=0.005)
                yield _run("1% changed, 0.5% leave", "sync", one, receiver)
    with listening() as receiver:
        bad = place.copy(place.home / "bad")
        bad.spoil(1000)
        yield _run("one bad in a thousand", "sync", bad, receiver)
        killed = place.copy(place.home / "killed")
        yield _killed(killed, receiver)


def _run(what: str, way: str, place: Place, receiver: Listening, remark: str = "") -> Line:
    place.configure(receiver.url, CONNECTIONS)
    done = subprocess.run(
        _command(way, place, receiver), env=_environment(), capture_output=True, text=True, check=False
    )
    if not done.stdout.strip():
        raise KindredError(f"{what} failed: {done.stderr.strip()[-500:]}")
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    counts = receiver.counts()
    removals = f"{counts.removals:,} left" if counts.removals else ""
    return Line(
        what,
        place.records,
        said["seconds"],
        said["busy"],
        said["megabytes"],
        counts.requests,
        counts.records,
        " ".join(part for part in (remark, removals, said.get("said", "")) if part),
    )


def _killed(place: Place, receiver: Listening) -> Line:
    place.configure(receiver.url, CONNECTIONS)
    process = subprocess.Popen(_command("sync", place, receiver), env=_environment(), stdout=subprocess.DEVNULL)
    before = receiver.counts()
    while before.records < place.records // 3 and process.poll() is None:
        time.sleep(0.02)
        more = receiver.counts()
        before.records += more.records
        before.requests += more.requests
    process.send_signal(signal.SIGKILL)
    process.wait()
    time.sleep(0.2)
    before.records += receiver.counts().records
    after = _run("killed at a third, and again", "sync", place, receiver)
    twice = before.records + after.taken - place.records
    return Line(**{**after.__dict__, "remark": f"{twice:,} sent twice"})


def _command(way: str, place: Place, receiver: Listening) -> list[str]:
    return [sys.executable, "-m", "benchmarks.delivery_ways", way, str(place.home), receiver.url, SYNC]


def _environment() -> dict[str, str]:
    return {**os.environ, **_SECRET}


def _show(lines: list[Line]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("", "records", "seconds", "CPU s", "records/s", "of bare", "MB", "requests", "taken"):
        table.add_column(name, justify="left" if not name else "right")
    table.add_column("")
    bare = {line.remark: line.seconds for line in lines if line.what == "bare loop"}
    for line in lines:
        base = bare.get(line.remark)
        table.add_row(
            line.what,
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
    Console(width=130).print(table)


if __name__ == "__main__":
    main()
