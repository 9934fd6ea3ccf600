"""Deliver with dlt: `python -m benchmarks.peers.dlt_pipeline HOME URL`.

A custom destination, incremental by a cursor, Arrow and Parquet on the way, files small enough that four workers have
work. What it cannot do there: removals (a destination function is told of rows that came, never of those that went) and
finding the bad record of a batch that is refused (an error would end its whole file: this function lets the batch go).
A run that was killed goes on at the batch at which each of its files stood.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dlt
import dlt.common.libs.pyarrow  # what a run would import first
import dlt.destinations.job_impl
import duckdb
import httpx

from benchmarks.measure import tell

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORKERS, _BATCH, _FETCHED = 4, 500, 25_000
_QUERY = """
    select record_key as key, payload ->> 'email' as email, payload ->> 'first_name' as first_name,
        payload ->> 'country' as country, cast(payload ->> 'score' as bigint) as score, changed_at
    from activation.desired_records
    where changed_at > $1 or $1 is null
"""


def _people(home: Path) -> Any:
    def people(changed: Any = dlt.sources.incremental("changed_at", range_start="open")) -> Iterator[Any]:  # noqa: B008
        with duckdb.connect(str(home / "kindred.duckdb"), read_only=True) as connection:
            yield from connection.execute(_QUERY, [changed.last_value]).to_arrow_reader(_FETCHED)

    return dlt.resource(people, name="people")


def _destination(url: str) -> Any:
    client, names = httpx.Client(trust_env=False), ("email", "first_name", "country", "score")

    def post(items: Any, _table: Any) -> None:
        body = [
            {"operation": "add", "key": row["key"], "payload": {name: row[name] for name in names}}
            for row in items.to_pylist()
        ]
        answer = client.post(url, json=body)
        if answer.status_code != httpx.codes.BAD_REQUEST:
            answer.raise_for_status()

    made = dlt.destination(
        name="bench", batch_size=_BATCH, loader_file_format="parquet", max_parallel_load_jobs=_WORKERS
    )
    return made(post)


def _deliver(home: Path, url: str) -> dict[str, str]:
    dlt.pipeline("bench", destination=_destination(url), pipelines_dir=str(home / "dlt")).run(_people(home))
    return {}


def main() -> None:
    """Run the pipeline once."""
    home, url = Path(sys.argv[1]), sys.argv[2]
    os.environ |= {
        "DATA_WRITER__FILE_MAX_ITEMS": str(_FETCHED),
        "LOAD__WORKERS": str(_WORKERS),
        "RUNTIME__DLTHUB_TELEMETRY": "false",
    }
    tell(lambda: _deliver(home, url))


if __name__ == "__main__":
    main()
