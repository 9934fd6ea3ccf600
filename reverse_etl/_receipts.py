"""What is known of a destination: receipts, the runs that wrote them, and jobs that are still open."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa

from reverse_etl._spool import receipt_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from reverse_etl._journal import Entry, Folder
    from reverse_etl._tables import Tables

_TEXT = pa.string()
_SAME_RECORD = ("run_id", "operation", "record_key")
_TIME = pa.timestamp("us")
ROW_GROUP = 122_880
"""The rows that DuckDB packs together: fewer at a time would be packed again with the next ones."""

_HANDFULS_OF_A_GROUP = 6
ROWS_AT_ONCE = ROW_GROUP // _HANDFULS_OF_A_GROUP
"""A handful: with much less at a time the engine takes twice as long."""

# A part ends just before a row group is full. One that ends behind would leave a small group, and DuckDB packs
# neighbours again when that saves a group: half a second and 50 MB each time.
_HANDFULS_OF_A_PART = 4 * _HANDFULS_OF_A_GROUP
_OF_A_RECORD = ("operation", "record_key", "customer_id", "permission_id", "payload_hash")
_FROM_SPOOL = (*_OF_A_RECORD, "run_id", "external_id")
_ANSWERED = pa.schema(
    [
        *((name, _TEXT) for name in _FROM_SPOOL),
        ("line", pa.int64()),
        ("place", pa.int32()),
        ("outcome", _TEXT),
        ("reason", _TEXT),
        ("named", _TEXT),
        ("delivered_at", _TIME),
    ]
)
# What all receipts of a run share is said once, by the engine: a column of it would cost as much as any other.
_AS_RECEIPTS = f"""
    format('{{}}-{{:012d}}-{{:06d}}', $folder, line, place) as receipt_id, coalesce(run_id, $run_id) as run_id,
    $sync as sync, $destination as destination, {", ".join(_OF_A_RECORD)}, outcome, reason,
    coalesce(named, external_id) as external_id, $build_id as build_id, delivered_at,
    cast($recorded_at as timestamp) as recorded_at
"""


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
    """Put the journal of a run that has ended into receipts.

    It goes in from its beginning, in parts that are there as a whole or not at all, and what is there already is not
    put in again. Receipts of one instant are ordered by their ids: those of a job's end come after those of its begin.
    `recorded_at` says in which order receipts came into the warehouse: no two parts have the same.
    """
    # The spool is whole before the first line is written: a run that died before has nothing to be put in.
    if not folder.answers.exists():
        return
    at, recorded = clock(), _recorded(tables, folder)
    with receipt_rows(folder.records) as rows_of:
        entries = folder.entries(at, lambda number: int(rows_of(number).num_rows))
        _append(tables, folder, at, _handfuls(rows_of, (one for one in entries if one.offset > recorded)))


def record_so_far(
    tables: Tables, folder: Folder, clock: Callable[[], datetime], more: Callable[[], bool], groups: int | None = None
) -> int:
    """Put what stands in the journal of a run that goes on into receipts, and what comes while `more`; see `record`.

    Of so many row groups, if that is said; says how many answers these are.
    """
    answered, rows = folder.answered_after(_recorded(tables, folder), more), 0
    most = None if groups is None else groups * _HANDFULS_OF_A_GROUP

    def counted(handfuls: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        nonlocal rows
        for handful in handfuls:
            rows += handful.num_rows
            yield handful

    with receipt_rows(folder.records) as rows_of:
        _append(tables, folder, clock(), counted(islice(_handfuls(rows_of, answered), most)))
    return rows


def _recorded(tables: Tables, folder: Folder) -> int:
    """The offset of the last line that is in receipts; -1 if none is."""
    ids = tables.table("receipts").receipt_id
    mine = (ids > f"{folder.path.name}-0") & (ids < f"{folder.path.name}-:")  # the colon follows the 9
    last = tables.value(tables.table("receipts").filter(mine).receipt_id.max())
    return int(last.removeprefix(f"{folder.path.name}-").partition("-")[0]) if last else -1


def _append(tables: Tables, folder: Folder, at: datetime, handfuls: Iterator[pa.RecordBatch]) -> None:
    run = folder.run
    same = {"folder": folder.path.name, "run_id": run.run_id, "sync": run.sync, "destination": run.destination}
    for first in handfuls:
        rows = chain([first], islice(handfuls, _HANDFULS_OF_A_PART - 1))
        part = pa.RecordBatchReader.from_batches(_ANSWERED, _durable(folder, rows))
        recorded_at = max(at, _after(tables.value(tables.table("receipts").recorded_at.max())))
        values = {**same, "build_id": run.build_id, "recorded_at": utc(recorded_at)}
        tables.append("receipts", part, _AS_RECEIPTS, values)


def _durable(folder: Folder, rows: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    # They are taken before they are committed: the warehouse knows nothing that the journal could still forget.
    yield from rows
    folder.sync()


def _handfuls(rows_of: Callable[[int], pa.RecordBatch], entries: Iterator[Entry]) -> Iterator[pa.RecordBatch]:
    waiting: list[tuple[Entry, pa.RecordBatch]] = []
    left = ROWS_AT_ONCE
    for entry in entries:
        rows = rows_of(entry.number)
        rows = rows if entry.places is None else rows.take(pa.array(entry.places))
        if waiting and rows.num_rows > left:
            yield _answered(waiting)
            waiting, left = [], ROWS_AT_ONCE
        waiting.append((entry, rows))
        left -= rows.num_rows
    if waiting:
        yield _answered(waiting)


def _answered(waiting: list[tuple[Entry, pa.RecordBatch]]) -> pa.RecordBatch:
    rows = pa.concat_batches([rows for _, rows in waiting])
    sizes = [rows.num_rows for _, rows in waiting]
    outcomes = [outcome for entry, _ in waiting for outcome in entry.outcomes]
    which = np.repeat(np.arange(len(outcomes)), [size for one in waiting for size in _sizes(*one)])

    def said(name: str) -> pa.Array:
        return pa.array([getattr(outcome, name) for outcome in outcomes], _TEXT).take(pa.array(which))

    return pa.RecordBatch.from_arrays(
        [
            *(rows.column(name) for name in _FROM_SPOOL),
            pa.array(np.repeat([entry.offset for entry, _ in waiting], sizes), pa.int64()),
            pa.array(np.concatenate([np.arange(size) for size in sizes]), pa.int32()),
            said("verdict"),
            said("reason"),
            said("external_id"),
            pa.array(np.repeat(np.array([utc(entry.at) for entry, _ in waiting], "datetime64[us]"), sizes), _TIME),
        ],
        schema=_ANSWERED,
    )


def _sizes(entry: Entry, rows: pa.RecordBatch) -> list[int]:
    """Of how many rows each outcome is the answer."""
    return [rows.num_rows] if entry.places is None else [1] * rows.num_rows


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

    A pending receipt is open until its run has a later one for the same key and operation; its reason names the job.
    """
    receipts = tables.table("current_receipts")
    mine = receipts.filter(receipts.sync == sync)
    begun, ended = mine.filter(mine.outcome == "pending"), mine.filter(mine.outcome != "pending").view()
    # The answer of an earlier attempt that was lost stands before the job that a later one began, and does not end it.
    later = (ended.delivered_at > begun.delivered_at) | (
        (ended.delivered_at == begun.delivered_at) & (ended.receipt_id > begun.receipt_id)
    )
    still_open = begun.anti_join(ended, [*_SAME_RECORD, later])
    nothing = ibis.null("string")
    return still_open.select(*_FROM_SPOOL, payload=nothing, previous_outcome=nothing, job=still_open.reason).order_by(
        "run_id", "job"
    )


def receipt_clock(tables: Tables, now: Callable[[], datetime]) -> Callable[[], datetime]:
    """A clock that never says a time before the last receipt's, so that the latest receipt is the last one."""
    floor = _after(tables.value(tables.table("receipts").delivered_at.max()))
    return lambda: max(now(), floor)


def _after(moment: datetime | None) -> datetime:
    return moment.replace(tzinfo=UTC) + timedelta(microseconds=1) if moment else datetime.min.replace(tzinfo=UTC)


def utc(moment: datetime) -> datetime:
    """The moment without its zone, as the warehouse keeps it: UTC."""
    return moment.astimezone(UTC).replace(tzinfo=None)
