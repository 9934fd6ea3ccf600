"""What is to be sent: pending records, counted and streamed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reverse_etl._records import Operation, Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_etl._tables import Sync, Tables

_FIELDS = tuple(Record.__dataclass_fields__)


@dataclass(frozen=True)
class Selection:
    """Which pending records are meant.

    Attributes:
        operations: only these.
        withdrawals_only: only removals of people who withdrew their consent or asked to be erased.
        without_unknown: leave out additions whose last answer was lost; they must not be sent twice.
    """

    operations: tuple[Operation, ...] = ("add", "update", "remove")
    withdrawals_only: bool = False
    without_unknown: bool = False


def pending(tables: Tables, sync: Sync, selection: Selection = Selection()) -> Any:
    """The pending records of a sync as an expression."""
    records = tables.table("pending_records")
    records = records.filter(records.sync == sync.sync, records.operation.isin(selection.operations))
    if selection.without_unknown:
        lost = (records.operation != "remove") & (records.previous_outcome.fill_null("") == "unknown")
        records = records.filter(~lost)
    return records.semi_join(withdrawn(tables, sync), "customer_id") if selection.withdrawals_only else records


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


def count_by_operation(tables: Tables, expression: Any) -> dict[str, int]:
    """How many records there are of each operation; zero is said too."""
    rows = tables.rows(expression.group_by("operation").aggregate(records=expression.count()))
    found = {row["operation"]: row["records"] for row in rows}
    return {operation: found.get(operation, 0) for operation in ("add", "update", "remove")}


def read_batches(tables: Tables, expression: Any, size: int) -> Iterator[tuple[Record, ...]]:
    """The records in batches, over a cursor of its own, ordered by key so that two runs send the same batches."""
    ordered = expression.select(*_FIELDS).order_by("record_key")
    for rows in tables.cursor().stream(ordered, size):
        if rows:
            yield tuple(Record(**row) for row in rows)


def payload_columns(tables: Tables, sync: Sync) -> tuple[str, ...]:
    """The payload's fields in the order of the sync model; none when the audience is empty."""
    desired = tables.table("desired_records")
    rows = tables.rows(desired.filter(desired.sync == sync.sync).select("payload").limit(1))
    return tuple(json.loads(rows[0]["payload"])) if rows and rows[0]["payload"] else ()
