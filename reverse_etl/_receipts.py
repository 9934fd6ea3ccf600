"""What is known of a destination: receipts, the runs that wrote them, and jobs that are still open."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reverse_etl._records import Batch, Outcome, Receipt, Record
    from reverse_etl._tables import Tables

_TEXT = pa.string()
_SAME_RECORD = ("run_id", "operation", "record_key")
_TIME = pa.timestamp("us")
_RECEIPT = pa.schema(
    [
        *((name, _TEXT) for name in ("receipt_id", "run_id", "sync", "destination", "operation", "record_key")),
        *((name, _TEXT) for name in ("customer_id", "permission_id", "payload_hash", "outcome", "reason", "build_id")),
        ("delivered_at", _TIME),
    ]
)


@dataclass(frozen=True)
class RunRow:
    """One line of `activation.sync_runs`; counts are records, `desired` is the size of the audience."""

    run_id: str
    sync: str
    destination: str
    status: str
    desired: int
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


def append_receipts(tables: Tables, receipts: Sequence[Receipt], ids: Iterator[str]) -> None:
    """Append receipts in one transaction; ids must come in the order in which they sort."""
    rows = [_row(receipt, receipt_id) for receipt, receipt_id in zip(receipts, ids, strict=False)]
    if rows:
        tables.append("receipts", pa.Table.from_pylist(rows, schema=_RECEIPT))


def append_run(tables: Tables, row: RunRow) -> None:
    """Append the line of a run that has ended."""
    values = {one.name: getattr(row, one.name) for one in fields(row)}
    types = {"int": pa.int64(), "datetime": _TIME}
    schema = pa.schema([(one.name, types.get(str(one.type), _TEXT)) for one in fields(row)])
    values |= {name: utc(values[name]) for name in ("started_at", "finished_at")}
    tables.append("sync_runs", pa.Table.from_pylist([values], schema=schema))


def last_runs(tables: Tables, sync: str, limit: int, statuses: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The last runs of a sync that ended with one of the statuses, or any, the latest first."""
    runs = tables.table("sync_runs")
    mine = runs.filter(runs.sync == sync)
    mine = mine.filter(mine.status.isin(statuses)) if statuses else mine
    return tables.rows(mine.order_by(ibis.desc("started_at"), ibis.desc("run_id")).limit(limit))


def settle_jobs(tables: Tables, sync: str, poll: Callable[[str], Outcome], clock: Callable[[], datetime]) -> None:
    """Ask what became of each job that is still open, and append receipts that say so.

    A pending receipt is open until its run has another one for the same key and operation; its reason names the job.
    """
    receipts = tables.table("receipts")
    mine = receipts.filter(receipts.sync == sync)
    still_open = mine.filter(mine.outcome == "pending").anti_join(mine.filter(mine.outcome != "pending"), _SAME_RECORD)
    for job in [row["reason"] for row in tables.rows(still_open.select("reason").distinct().order_by("reason"))]:
        outcome = poll(job)
        if outcome.verdict != "pending":
            tables.append_from("receipts", _settled(still_open.filter(still_open.reason == job), outcome, clock()))


def unrecorded(tables: Tables, batch: Batch) -> tuple[Record, ...]:
    """The records of a batch for which its run has no receipt."""
    receipts = tables.table("receipts")
    keys = [record.record_key for record in batch.records]
    mine = receipts.filter(receipts.run_id == batch.run.run_id, receipts.record_key.isin(keys))
    found = tables.rows(mine.select("operation", "record_key"))
    known = {(row["operation"], row["record_key"]) for row in found}
    return tuple(one for one in batch.records if (one.operation, one.record_key) not in known)


def verdicts_of_run(tables: Tables, run_id: str) -> dict[str, int]:
    """The records of a run by their last verdict."""
    receipts = tables.table("receipts")
    mine = receipts.filter(receipts.run_id == run_id)
    last = mine.group_by("operation", "record_key").aggregate(outcome=mine.outcome.argmax(mine.receipt_id))
    rows = tables.rows(last.group_by("outcome").aggregate(records=last.count()))
    return {row["outcome"]: row["records"] for row in rows}


def receipt_clock(tables: Tables, sync: str, now: Callable[[], datetime]) -> Callable[[], datetime]:
    """A clock that never says a time before the sync's last receipt, so that the latest receipt is the last one."""
    receipts = tables.table("receipts")
    last = tables.value(receipts.filter(receipts.sync == sync).delivered_at.max())
    floor = last.replace(tzinfo=UTC) + timedelta(microseconds=1) if last else datetime.min.replace(tzinfo=UTC)
    return lambda: max(now(), floor)


def utc(moment: datetime) -> datetime:
    """The moment without its zone, as the warehouse keeps it: UTC."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def _row(receipt: Receipt, receipt_id: str) -> dict[str, Any]:
    run, record, outcome = receipt.run, receipt.record, receipt.outcome
    return {
        "receipt_id": receipt_id,
        "run_id": run.run_id,
        "sync": run.sync,
        "destination": run.destination,
        "operation": record.operation,
        "record_key": record.record_key,
        "customer_id": record.customer_id,
        "permission_id": record.permission_id,
        "payload_hash": record.payload_hash,
        "outcome": outcome.verdict,
        "reason": outcome.reason,
        "build_id": run.build_id,
        "delivered_at": utc(receipt.delivered_at),
    }


def _settled(open_receipts: Any, outcome: Outcome, at: datetime) -> Any:
    return open_receipts.mutate(
        receipt_id=open_receipts.receipt_id + "-settled",
        outcome=ibis.literal(outcome.verdict),
        reason=ibis.literal(outcome.reason, type="string"),
        delivered_at=ibis.literal(utc(at), type="timestamp"),
    )
