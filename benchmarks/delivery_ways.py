"""One way to deliver, in a process of its own: `python -m benchmarks.delivery_ways bare|sync HOME URL SYNC`.

Prints seconds after the imports, by the wall clock and of processors, and the most memory that it had, as JSON.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import httpcore  # noqa: F401 - imported when it is first used, as the next one is
import httpx
import ibis
import pyarrow.dataset  # noqa: F401

from benchmarks.measure import tell
from reverse_etl import SyncOptions, run_sync
from warehouse import Settings

_BATCH = 500
_THREADS = 4


def bare(home: Path, url: str, _sync: str) -> dict[str, Any]:
    """Fetch and post, and nothing else."""
    connection = duckdb.connect(str(home / "kindred.duckdb"), read_only=True)
    connection.execute(
        "select record_key, payload ->> 'email', payload ->> 'first_name', payload ->> 'country',"
        " cast(payload ->> 'score' as bigint) from activation.desired_records"
    )

    with httpx.Client(trust_env=False) as client, ThreadPoolExecutor(_THREADS) as threads:

        def post(rows: list[tuple[Any, ...]]) -> None:
            body = [
                {"operation": "add", "key": key, "payload": {"email": a, "first_name": b, "country": c, "score": d}}
                for key, a, b, c, d in rows
            ]
            client.post(url, json=body).raise_for_status()

        list(threads.map(post, iter(lambda: connection.fetchmany(_BATCH), [])))
    return {}


def sync(home: Path, _url: str, name: str) -> dict[str, Any]:
    """Deliver as the product does: guards, receipts, journal and all."""
    settings = Settings(home=home, project=home / "project", destinations=home / "destinations.toml")
    result = run_sync(settings, name, SyncOptions(accept=frozenset({"removal_share", "size_change"})))
    rejected = result.counts["rejected"]
    return {"said": result.status + (f", {rejected:,} rejected" if rejected else "")}


def main() -> None:
    """Run one way."""
    way, home, url, name = sys.argv[1:]
    ibis.duckdb.connect().sql("select 1 as one").to_pyarrow()  # what is imported when it is first used
    tell(lambda: {"bare": bare, "sync": sync}[way](Path(home), url, name))


if __name__ == "__main__":
    main()
