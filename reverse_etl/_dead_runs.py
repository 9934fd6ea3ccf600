"""The line in `activation.sync_runs` of a run that died before it could write one."""

from __future__ import annotations

from collections import Counter
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from reverse_etl._receipts import RunRow, append_run
from reverse_etl._records import VERDICTS, started_at
from reverse_etl._spool import read_spool

if TYPE_CHECKING:
    from reverse_etl._journal import Folder
    from reverse_etl._tables import Tables

_MESSAGE: Final = "the run ended before it was finished"


def append_dead_run(tables: Tables, folder: Folder) -> None:
    """Say what a dead run was to do and what came of it; its journal must be in receipts already."""
    run, runs = folder.run, tables.table("sync_runs")
    if tables.value(runs.filter(runs.run_id == run.run_id).count()):
        return
    planned = Counter(
        operation for batch in read_spool(folder.records) for operation in batch.rows.column("operation").to_pylist()
    )
    outcomes, ended = _told(tables, run.run_id)
    began = started_at(run.run_id)
    append_run(
        tables,
        RunRow(
            run_id=run.run_id,
            sync=run.sync,
            destination=run.destination,
            status="failed",
            desired=None,
            adds=planned["add"],
            updates=planned["update"],
            removals=planned["remove"],
            message=_MESSAGE,
            build_id=run.build_id,
            started_at=began,
            finished_at=ended.replace(tzinfo=UTC) if ended else began,
            **outcomes,
        ),
    )


def _told(tables: Tables, run_id: str) -> tuple[dict[str, int], Any]:
    receipts = tables.table("receipts")
    mine = receipts.filter(receipts.run_id == run_id)
    # Within a run the greater id is the later one.
    last = mine.group_by("operation", "record_key").aggregate(
        outcome=mine.outcome.argmax(mine.receipt_id), at=mine.delivered_at.max()
    )
    rows = tables.rows(last.group_by("outcome").aggregate(records=last.count(), at=last["at"].max()))
    ended = max((row["at"] for row in rows), default=None)
    found = {row["outcome"]: row["records"] for row in rows}
    return {str(verdict): found.get(verdict, 0) for verdict in VERDICTS}, ended
