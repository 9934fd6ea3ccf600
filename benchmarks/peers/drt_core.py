"""Deliver with drt-core: `python -m benchmarks.peers.drt_core HOME URL`.

A sync to a REST API in batches, incremental by a cursor. What it cannot do there: several requests at a time (its
`--threads` are for several syncs), removals (mode `mirror` is for databases), finding the bad record of a batch that is
refused (all of it fails, and the sync goes on), and going on where a run that was killed stood (the cursor is kept
at the end). A connection is made anew for each batch of the engine: 20 requests share one here.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from pathlib import Path

import drt.destinations.rest_api
import drt.engine.sync
import drt.sources.duckdb  # noqa: F401 - what a run would import first
from drt.cli.main import app

from benchmarks.measure import tell

_FETCHED = 10_000
_PROFILES = """
bench:
  type: duckdb
  database: {database}
  fetch_size: {fetched}
"""
_PROJECT = """
name: bench
version: "1.0"
profile: bench
"""
_SYNC = """
name: people
model: >
  select 'add' as operation, record_key as key, changed_at,
    {{'email': payload ->> 'email', 'first_name': payload ->> 'first_name', 'country': payload ->> 'country',
     'score': cast(payload ->> 'score' as bigint)}} as payload
  from activation.desired_records
destination:
  type: rest_api
  url: {url}
  headers: {{Content-Type: application/json}}
  body_mode: batch
  max_records_per_request: 500
  batch_template: "{{{{ rows | tojson_safe }}}}"
sync:
  mode: incremental
  cursor_field: changed_at
  batch_size: {fetched}
  rate_limit: {{requests_per_second: 0}}
  on_error: skip
"""


def _configure(home: Path, url: str) -> Path:
    project = home / "drt"
    (project / "syncs").mkdir(parents=True, exist_ok=True)
    (home / ".drt").mkdir(exist_ok=True)
    database = json.dumps(str(home / "kindred.duckdb"))
    (home / ".drt" / "profiles.yml").write_text(_PROFILES.format(database=database, fetched=_FETCHED))
    (project / "drt_project.yml").write_text(_PROJECT)
    (project / "syncs" / "people.yml").write_text(_SYNC.format(url=url, fetched=_FETCHED))
    return project


def _deliver() -> dict[str, str]:
    with suppress(SystemExit):  # it ends so when a record failed
        app(["run", "--quiet"], standalone_mode=False)
    return {}


def main() -> None:
    """Run the sync once."""
    home, url = Path(sys.argv[1]), sys.argv[2]
    os.environ |= {"HOME": str(home), "DO_NOT_TRACK": "1"}
    os.chdir(_configure(home, url))
    tell(_deliver)


if __name__ == "__main__":
    main()
