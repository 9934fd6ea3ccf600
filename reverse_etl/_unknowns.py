"""Additions whose answer was lost: whom a destination may hold although it never said so.

Where the same addition twice would make two people of one, it is not sent again by itself. Somebody looks at the
destination and says what became of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal

import ibis

from reverse_etl._by_hand import answer_by_hand
from reverse_etl._records import ADDITIONS, Outcome
from reverse_etl._redact import redact
from reverse_etl._tables import Tables, load_syncs
from warehouse import KindredError, connect

if TYPE_CHECKING:
    from collections.abc import Callable

    from reverse_etl._tables import Sync
    from warehouse import Settings

Became = Literal["held", "missing"]
_SAID: Final[dict[Became, tuple[str, Outcome]]] = {
    "held": ("add", Outcome("accepted", "the destination holds it, said by hand")),
    # As if it had been removed: whoever belongs there is sent again.
    "missing": ("remove", Outcome("accepted", "the destination does not hold it, said by hand")),
}


@dataclass(frozen=True)
class Unknown:
    """One addition whose answer was lost.

    Attributes:
        key: a short name for its key, from which the key cannot be read.
        reason: what was heard instead of an answer.
        since: when it was sent, in UTC.
    """

    sync: str
    destination: str
    key: str
    customer_id: str
    reason: str | None
    since: datetime


@dataclass(frozen=True)
class Settled:
    """Of how many additions of a sync is now known what became of them."""

    sync: str
    became: Became
    records: int


def unknown(settings: Settings, syncs: tuple[str, ...] = ()) -> list[Unknown]:
    """The additions whose answer was lost, of the named syncs or of all, ordered by sync, time and key.

    Args:
        settings: where the warehouse is.
        syncs: names of syncs; none means all.

    Raises:
        KindredError: there is no warehouse, no such sync, or a table is missing.
    """
    with connect(settings, read_only=True) as connection:
        tables = Tables.on(connection)
        return [
            _listed(row)
            for sync in load_syncs(tables, tuple(syncs))
            for row in tables.rows(_lost(tables, sync).order_by("delivered_at", "record_key"))
        ]


def settle_unknown(
    settings: Settings,
    syncs: tuple[str, ...],
    became: Became,
    customers: tuple[str, ...] = (),
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> list[Settled]:
    """Say what became of additions whose answer was lost; nothing is sent here.

    Args:
        settings: where the warehouse is.
        syncs: names of syncs; none means all.
        became: `held`: the destination holds them as they were sent. `missing`: it does not; the next run sends them.
        customers: only these; none means all of whom the answer was lost.
        now: the clock.

    Raises:
        SyncLocked: one of the syncs is being delivered.
        KindredError: there is no warehouse, no such sync, no such addition of a customer, or a table is missing.
    """
    with connect(settings, read_only=True) as connection:
        found = load_syncs(Tables.on(connection), tuple(syncs))
    lost = {one.customer_id for one in unknown(settings, syncs)}
    if strangers := sorted(set(customers) - lost):
        raise KindredError(
            f"No answer about {', '.join(strangers)} was lost; `kindred status --unknown` lists those of whom one was."
        )
    choose = {sync.sync: partial(_chosen, sync=sync, became=became, customers=customers) for sync in found}
    return [
        Settled(sync.sync, became, answer_by_hand(settings, sync, choose[sync.sync], _SAID[became][1], now))
        for sync in found
    ]


def _chosen(tables: Tables, sync: Sync, became: Became, customers: tuple[str, ...]) -> Any:
    lost = _lost(tables, sync)
    mine = lost.filter(lost.customer_id.isin(customers)) if customers else lost
    return mine.mutate(operation=ibis.literal(_SAID[became][0])).drop("reason", "delivered_at", "destination", "sync")


def _lost(tables: Tables, sync: Sync) -> Any:
    """The last receipt of each addition that is still to be made and of which the answer was lost."""
    pending = tables.table("pending_records")
    waiting = pending.filter(
        pending.sync == sync.sync, pending.operation == "add", pending.previous_outcome == "unknown"
    )
    receipts = tables.table("current_receipts")
    mine = receipts.filter(
        receipts.sync == sync.sync, receipts.operation.isin(ADDITIONS), receipts.outcome == "unknown"
    ).semi_join(waiting, "record_key")
    newest = ibis.row_number().over(
        group_by=mine.record_key, order_by=[ibis.desc(mine.delivered_at), ibis.desc(mine.receipt_id)]
    )
    columns = (
        "sync",
        "destination",
        "record_key",
        "customer_id",
        "permission_id",
        "payload_hash",
        "reason",
        "delivered_at",
    )
    return mine.mutate(place=newest).filter(lambda rows: rows.place == 0).select(*columns)


def _listed(row: dict[str, Any]) -> Unknown:
    return Unknown(
        sync=row["sync"],
        destination=row["destination"],
        key=redact(row["record_key"]),
        customer_id=row["customer_id"],
        reason=row["reason"],
        since=row["delivered_at"],
    )
