"""What is known of a destination: receipts, the runs that wrote them, and jobs that are still open."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from reverse_etl._spool import receipt_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reverse_etl._journal import Entry, Folder
    from reverse_etl._records import Run
    from reverse_etl._tables import Tables

_TEXT = pa.string()
_SAME_RECORD = ("run_id", "operation", "record_key")
_TIME = pa.timestamp("us")
_NAMES = (
    *("receipt_id", "run_id", "sync", "destination", "operation", "record_key", "customer_id", "permission_id"),
    *("payload_hash", "outcome", "reason", "external_id", "build_id"),
)
_RECEIPT = pa.schema([*((name, _TEXT) for name in _NAMES), ("delivered_at", _TIME), ("recorded_at", _TIME)])
_ROWS_AT_ONCE = 120_000
_FROM_SPOOL = ("operation", "record_key", "customer_id", "permission_id", "payload_hash")


@dataclass(frozen=True)
class RunRow:
    """One line of `activation.sync_runs`; counts are records, `desired` is the size of the audience, if known."""

    run_id: str
    sync: str
    destination: str
    status: str
    desired: int | None
    adds: int
    updates: int
    removals: int
    accepted: int
    pending: int
    rejected: int
    retryable: int
    rate_limited: int
    unknown: int
    message: str | None
    build_id: str | None
    started_at: datetime
    finished_at: datetime


def record(tables: Tables, folder: Folder, clock: Callable[[], datetime]) -> None:
    """Put a journal into receipts, all of it or nothing; what is there already is not put in again.

    Receipts of one instant are ordered by their ids: those of a job's end come after those of its begin. `recorded_at`
    says in which order receipts came into the warehouse: no two journals have the same.
    """
    # The spool is whole before the first line is written: a run that died before has nothing to be put in.
    if not folder.answers.exists() or _is_recorded(tables, folder):
        return
    run, at = folder.run, clock()
    recorded_at = max(at, _after(tables.value(tables.table("receipts").recorded_at.max())))
    recorded = pa.scalar(utc(recorded_at), _TIME)
    tables.append("receipts", pa.RecordBatchReader.from_batches(_RECEIPT, _receipts(folder, run, at, recorded)))


def _is_recorded(tables: Tables, folder: Folder) -> bool:
    ids = tables.table("receipts").receipt_id
    mine = (ids > f"{folder.path.name}-0") & (ids < f"{folder.path.name}-:")  # the colon follows the 9
    return bool(tables.value(tables.table("receipts").filter(mine).limit(1).count()))


def _receipts(folder: Folder, run: Run, at: datetime, recorded: pa.Scalar) -> Iterator[pa.RecordBatch]:
    # Rows go in by the row group: in handfuls the engine takes twice as long.
    waiting: list[pa.RecordBatch] = []
    for rows in _rows_of_entries(folder, run, at):
        waiting.append(rows.append_column("recorded_at", pa.repeat(recorded, rows.num_rows)).select(_RECEIPT.names))
        if sum(one.num_rows for one in waiting) >= _ROWS_AT_ONCE:
            yield pa.concat_batches(waiting)
            waiting = []
    if waiting:
        yield pa.concat_batches(waiting)


def _rows_of_entries(folder: Folder, run: Run, at: datetime) -> Iterator[pa.RecordBatch]:
    with receipt_rows(folder.records) as rows_of:
        for line, entry in enumerate(folder.entries(at, lambda number: int(rows_of(number).num_rows))):
            yield _rows(rows_of(entry.number), entry, run, f"{folder.path.name}-{line:09}")


def _rows(spooled: pa.RecordBatch, entry: Entry, run: Run, prefix: str) -> pa.RecordBatch:
    rows = spooled if entry.places is None else spooled.take(pa.array(entry.places))
    size = rows.num_rows

    def said(name: str) -> pa.Array:
        values = [getattr(outcome, name) for outcome in entry.outcomes]
        return _same(values[0], size) if entry.places is None else pa.array(values, _TEXT)

    columns = {
        "receipt_id": pa.array([f"{prefix}-{place:06}" for place in range(size)]),
        "run_id": pc.fill_null(rows.column("run_id"), run.run_id),
        "sync": _same(run.sync, size),
        "destination": _same(run.destination, size),
        **{name: rows.column(name) for name in _FROM_SPOOL},
        "outcome": said("verdict"),
        "reason": said("reason"),
        "external_id": pc.coalesce(said("external_id"), rows.column("external_id")),
        "build_id": _same(run.build_id, size),
        "delivered_at": pa.repeat(pa.scalar(utc(entry.at), _TIME), size),
    }
    return pa.RecordBatch.from_pydict(columns)


def _same(value: str | None, size: int) -> pa.Array:
    return pa.repeat(pa.scalar(value, _TEXT), size)


def append_run(tables: Tables, row: RunRow) -> None:
    """Append the line of a run that has ended."""
    values = {one.name: getattr(row, one.name) for one in fields(row)}
    types = {"int": pa.int64(), "int | None": pa.int64(), "datetime": _TIME}
    schema = pa.schema([(one.name, types.get(str(one.type), _TEXT)) for one in fields(row)])
    values |= {name: utc(values[name]) for name in ("started_at", "finished_at")}
    tables.append("sync_runs", pa.Table.from_pylist([values], schema=schema).to_reader())


def last_runs(tables: Tables, sync: str, limit: int, statuses: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The last runs of a sync that ended with one of the statuses, or any, the latest first."""
    runs = tables.table("sync_runs")
    mine = runs.filter(runs.sync == sync)
    mine = mine.filter(mine.status.isin(statuses)) if statuses else mine
    return tables.rows(mine.order_by(ibis.desc("started_at"), ibis.desc("run_id")).limit(limit))


def open_jobs(tables: Tables, sync: str) -> Any:
    """The records whose job is still open, as an expression with the columns of a spool, ordered by job.

    A pending receipt is open until its run has another one for the same key and operation; its reason names the job.
    """
    receipts = tables.table("current_receipts")
    mine = receipts.filter(receipts.sync == sync)
    still_open = mine.filter(mine.outcome == "pending").anti_join(mine.filter(mine.outcome != "pending"), _SAME_RECORD)
    nothing = ibis.null("string")
    return still_open.select(
        *_FROM_SPOOL, "external_id", "run_id", payload=nothing, previous_outcome=nothing, job=still_open.reason
    ).order_by("run_id", "job")


def receipt_clock(tables: Tables, now: Callable[[], datetime]) -> Callable[[], datetime]:
    """A clock that never says a time before the last receipt's, so that the latest receipt is the last one."""
    floor = _after(tables.value(tables.table("receipts").delivered_at.max()))
    return lambda: max(now(), floor)


def _after(moment: datetime | None) -> datetime:
    return moment.replace(tzinfo=UTC) + timedelta(microseconds=1) if moment else datetime.min.replace(tzinfo=UTC)


def utc(moment: datetime) -> datetime:
    """The moment without its zone, as the warehouse keeps it: UTC."""
    return moment.astimezone(UTC).replace(tzinfo=None)
