"""One run of one way to deliver, in a process of its own, and what the receiver saw of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.delivery_warehouse import SYNC
from warehouse import KindredError

if TYPE_CHECKING:
    from benchmarks.delivery_receiver import Listening
    from benchmarks.delivery_warehouse import Place

CONNECTIONS: Final = 4
_SECRET = {"BENCH_SECRET": "a secret for the benchmark"}
_OURS = [sys.executable, "-m", "benchmarks.delivery_ways"]
_PEERS_PYTHON = Path(sys.prefix, "peers", "bin", "python")
_PEERS = {"drt-core": "benchmarks.peers.drt_core", "dlt": "benchmarks.peers.dlt_pipeline"}


@dataclass(frozen=True)
class Line:
    """One line of the table; seconds and megabytes of the sending process, counts of the receiver.

    `busy` is what its threads used of the processors: it says more than the clock where others use them too.
    """

    who: str
    what: str
    records: int
    seconds: float
    busy: float
    megabytes: float
    requests: int
    taken: int
    removals: int
    remark: str = ""

    def saying(self, remark: str) -> Line:
        """The same line with a remark before what it says itself."""
        return replace(self, remark="; ".join(part for part in (remark, self.remark) if part))


def ways() -> dict[str, list[str]]:
    """Who delivers, the command of each; the peers only where `make bench` has installed them."""
    peers = {name: [str(_PEERS_PYTHON), "-m", module] for name, module in _PEERS.items()}
    return {"kindred": [*_OURS, "sync"], **(peers if _PEERS_PYTHON.exists() else {})}


def run_bare(place: Place, receiver: Listening, what: str) -> Line:
    """The loop that does nothing but send."""
    return _run("bare loop", [*_OURS, "bare"], place, receiver, what)


def run(who: str, place: Place, receiver: Listening, what: str) -> Line:
    """One run of one way to its end.

    Raises:
        KindredError: it did not come to its end.
    """
    return _run(who, ways()[who], place, receiver, what)


def run_killed(who: str, place: Place, receiver: Listening, what: str) -> Line:
    """A run that is killed at a third of the records, and another one, of which the line tells."""
    place.configure(receiver.url, CONNECTIONS)
    process = subprocess.Popen(
        _whole(ways()[who], place, receiver), env=_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    before = receiver.counts().records
    while before < place.records // 3 and process.poll() is None:
        time.sleep(0.02)
        before += receiver.counts().records
    process.send_signal(signal.SIGKILL)
    process.wait()
    time.sleep(0.2)
    before += receiver.counts().records
    after = run(who, place, receiver, what)
    return after.saying(f"{before + after.taken - place.records:,} sent twice")


def _run(who: str, command: list[str], place: Place, receiver: Listening, what: str) -> Line:
    place.configure(receiver.url, CONNECTIONS)
    done = subprocess.run(
        _whole(command, place, receiver), env=_environment(), capture_output=True, text=True, check=False
    )
    if not done.stdout.strip():
        raise KindredError(f"{who} failed: {done.stderr.strip()[-500:]}")
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    counts = receiver.counts()
    return Line(
        who,
        what,
        place.records,
        said["seconds"],
        said["busy"],
        said["megabytes"],
        counts.requests,
        counts.records,
        counts.removals,
        said.get("said", ""),
    )


def _whole(command: list[str], place: Place, receiver: Listening) -> list[str]:
    return [*command, str(place.home), receiver.url, SYNC]


def _environment() -> dict[str, str]:
    return {**os.environ, **_SECRET}
