"""What is to be sent: pending records, counted and streamed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from reverse_etl._receipts import open_jobs
from reverse_etl._records import ADDITIONS, REMOVALS, Operation
from reverse_etl._spool import SCHEMA, writing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from reverse_etl._tables import Sync, Tables
    from reverse_etl.destinations._contract import Facts

_COMPARED_AT_ONCE = 500_000  # permissions
_MOST_OF_A_JOB = 10_000  # records asked about at a time; no destination takes more in one request


@dataclass(frozen=True)
class Selection:
    """Which pending records are meant.

    Attributes:
        operations: only these.
        withdrawals_only: only removals of people who withdrew their consent or asked to be erased.
        without_unknown: leave out additions whose last answer was lost; they must not be sent twice.
        limit: at most so many records, removals first; None for all.
    """

    operations: tuple[Operation, ...] = ("add", "update", "remove")
    withdrawals_only: bool = False
    without_unknown: bool = False
    limit: int | None = None


@dataclass(frozen=True)
class Outgoing:
    """Pending records, counted.

    Attributes:
        adds, updates, removals: by operation.
        withdrawals: those removed who withdrew their consent or asked to be erased.
        unresolved: additions whose last answer was lost.
        without_permission: additions that carry no permission.
        not_granted: additions whose permission does not stand when it is read again.
        suppressed: additions of people to whom the sync must not send.
    """

    adds: int
    updates: int
    removals: int
    withdrawals: int
    unresolved: int
    without_permission: int
    not_granted: int
    suppressed: int

    @property
    def total(self) -> int:
        """How many records would be sent."""
        return self.adds + self.updates + self.removals


@dataclass(frozen=True)
class Desired:
    """The audience of a sync.

    Attributes:
        records: how many.
        without_key: how many have no key or a blank one.
        incomplete: how many lack a field without which nothing is written.
        build_id: the build that made it, several joined by `and`; None when no audience has anybody in it.
        as_of: the time for which it holds.
    """

    records: int
    without_key: int
    incomplete: int
    build_id: str | None
    as_of: datetime | None


def pending(tables: Tables, sync: Sync, selection: Selection = Selection()) -> Any:
    """The pending records of a sync as an expression."""
    records = tables.once(f"pending of {sync.sync}", lambda: _outbox(tables, sync))
    records = records.filter(records.operation.isin(selection.operations))
    if selection.without_unknown:
        lost = (records.operation != "remove") & (records.previous_outcome.fill_null("") == "unknown")
        records = records.filter(~lost)
    return records.semi_join(withdrawn(tables, sync), "customer_id") if selection.withdrawals_only else records


def never_sent(tables: Tables, sync: Sync) -> bool:
    """Whether nothing was ever sent of a sync, so that its outbox is its audience."""
    receipts = tables.table("current_receipts")
    mine = receipts.filter(receipts.sync == sync.sync).limit(1)
    return bool(tables.once(f"never sent {sync.sync}", lambda: not tables.value(mine.count())))


def _outbox(tables: Tables, sync: Sync) -> Any:
    # The outbox weighs every receipt of the sync: it is asked once, however often its rows are read. Before the first
    # receipt there is nothing to weigh, and its rows would only fill the memory.
    outbox = tables.table("pending_records")
    mine = outbox.filter(outbox.sync == sync.sync)
    return mine if never_sent(tables, sync) else tables.copied(f"pending of {sync.sync}", mine)


def withdrawn(tables: Tables, sync: Sync) -> Any:
    """The customers who took back a consent that the sync needs, or asked to be erased.

    It takes a decision of theirs: a customer who is merely absent from the consent tables may be absent by mistake.
    """
    consents = tables.table("consents", "consent")
    refused = consents.filter(
        ~consents.is_granted,
        consents.purpose.isin(sync.purposes),
        consents.channel == sync.channel,
        consents.recipient.isin(("any", sync.recipient)),
    ).select("customer_id")
    suppressions = tables.table("suppressions", "consent")
    erased = suppressions.filter(suppressions.reason == "erasure").select("customer_id")
    return refused.union(erased).distinct()


def summarise(tables: Tables, sync: Sync) -> Outgoing:
    """Count the pending records in every way that a plan and its guards need."""
    records, silent = pending(tables, sync), tables.table("sync_suppressions")
    leaves = records.operation == "remove"
    is_suppressed = records.customer_id.isin(silent.filter(silent.sync == sync.sync).customer_id)
    counted = records.aggregate(
        adds=(records.operation == "add").sum(),
        updates=(records.operation == "update").sum(),
        removals=leaves.sum(),
        unresolved=(~leaves & (records.previous_outcome.fill_null("") == "unknown")).sum(),
        without_permission=(~leaves & (records.permission_id.fill_null("") == "")).sum(),
        suppressed=(~leaves & is_suppressed).sum(),
    )
    found = {name: count or 0 for name, count in tables.rows(counted)[0].items()}
    return Outgoing(
        **found,
        withdrawals=_withdrawals(tables, sync) if found["removals"] else 0,
        not_granted=_not_granted(tables, sync, found["adds"] + found["updates"]),
    )


def _withdrawals(tables: Tables, sync: Sync) -> int:
    leaving = pending(tables, sync, Selection(REMOVALS, withdrawals_only=True))
    return int(tables.value(leaving.count()))


def _not_granted(tables: Tables, sync: Sync, number: int) -> int:
    granted = tables.table("sync_permissions")
    mine = granted.filter(granted.sync == sync.sync)
    additions = pending(tables, sync, Selection(ADDITIONS))
    parts = -(-number // _COMPARED_AT_ONCE)
    return sum(_missing(tables, _part(additions, part, parts), _part(mine, part, parts)) for part in range(parts))


def _missing(tables: Tables, additions: Any, granted: Any) -> int:
    return int(tables.value(additions.anti_join(granted, ["customer_id", "permission_id"]).count()))


def _part(records: Any, part: int, parts: int) -> Any:
    # What is compared at once is kept in memory as a whole: it would grow with the audience. Every record is in one
    # part, also where a number is negative, and so what is left of it.
    left = records.permission_id.fill_null("").hash() % parts
    return records if parts == 1 else records.filter((left + parts) % parts == part)


def spool(tables: Tables, sync: Sync, selection: Selection, path: Path, facts: Facts) -> int:
    """Write what is to be sent into a spool, removals first, and say how many records that are."""
    with writing(path) as spooled:
        for operations in (REMOVALS, ADDITIONS):
            wanted = tuple(one for one in operations if one in selection.operations)
            if not wanted:
                continue
            part = pending(tables, sync, replace(selection, operations=wanted))
            part = part.mutate(run_id=ibis.null("string"), job=ibis.null("string"))
            left = None if selection.limit is None else selection.limit - spooled.records
            part = part.select(*SCHEMA.names).limit(left)
            size = facts.batch_size if operations == REMOVALS else _batch_size(tables, part, facts)
            spooled.add(tables.stream(part), size)
    return spooled.records


def _batch_size(tables: Tables, additions: Any, facts: Facts) -> int:
    many = facts.many
    if many and tables.value(additions.limit(many.above + 1).count()) > many.above:
        return many.batch_size
    return facts.batch_size


def spool_jobs(tables: Tables, sync: str, path: Path) -> int:
    """Write the records whose job is open into a spool, a batch for each job, and say how many records that are."""
    with writing(path) as spooled:
        for rows in _by_job(tables.stream(open_jobs(tables, sync))):
            spooled.add([rows], rows.num_rows)
    return spooled.records


def _by_job(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    left: list[pa.RecordBatch] = []
    for rows in batches:
        for part in _runs_of_one_job(rows):
            if left and (_job(left[0]) != _job(part) or sum(one.num_rows for one in left) >= _MOST_OF_A_JOB):
                yield pa.concat_batches(left)
                left = []
            left.append(part)
    if left:
        yield pa.concat_batches(left)


def _runs_of_one_job(rows: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    jobs = list(zip(rows.column("run_id").to_pylist(), rows.column("job").to_pylist(), strict=True))
    starts = [place for place in range(len(jobs)) if place == 0 or jobs[place] != jobs[place - 1]]
    for start, end in zip(starts, [*starts[1:], len(jobs)], strict=True):
        yield rows.slice(start, end - start)


def _job(rows: pa.RecordBatch) -> tuple[str, str]:
    return rows.column("run_id")[0].as_py(), rows.column("job")[0].as_py()


def describe_desired(tables: Tables, sync: Sync) -> Desired:
    """The audience, counted; when it is empty, the build is that of the other syncs."""
    desired = tables.table("desired_records")
    mine = desired.filter(desired.sync == sync.sync)
    builds = _builds(tables, mine)
    rows = builds or _builds(tables, desired)
    return Desired(
        records=sum(row["records"] for row in builds),
        without_key=sum(row["without_key"] or 0 for row in builds),
        incomplete=sum(row["incomplete"] or 0 for row in builds),
        build_id=" and ".join(dict.fromkeys(str(row["build_id"]) for row in rows)) or None,
        as_of=rows[0]["as_of"] if rows else None,
    )


def _builds(tables: Tables, desired: Any) -> list[dict[str, Any]]:
    key = desired.record_key.fill_null("")
    # Blanks sort before whatever can be seen, so that few keys need to be looked at.
    without_key = ibis.cases((key < "!", key.strip() == ""), else_=False)
    builds = desired.group_by("build_id", "as_of").aggregate(
        records=desired.count(), incomplete=desired.is_incomplete.sum(), without_key=without_key.sum()
    )
    return tables.rows(builds.order_by("build_id", "as_of"))


def repeated_keys(tables: Tables, sync: Sync) -> int:
    """How many records of the audience have a key that another one has too."""
    desired = tables.table("desired_records")
    keys = desired.filter(desired.sync == sync.sync, desired.record_key.notnull()).record_key
    # Equal keys have equal hashes, which are gathered in half the memory: only where two hashes agree the keys are.
    if not tables.value(keys.count() - keys.hash().nunique()):
        return 0
    return int(tables.value(keys.count() - keys.nunique()))
