"""Additions whose answer was lost: whom a destination may hold although it never said so.

Where the same addition twice would make two people of one, it is not sent again by itself. Somebody looks at the
destination and says what became of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

import ibis

from reverse_etl._by_hand import answer_by_hand, stuck_records
from reverse_etl._records import ADDITIONS, Outcome
from reverse_etl._tables import syncs_of
from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Callable

    from reverse_etl._by_hand import Stuck
    from reverse_etl._tables import Sync, Tables
    from warehouse import Settings

Became = Literal["held", "missing"]
_SAID: Final[dict[Became, tuple[str, Outcome]]] = {
    "held": ("add", Outcome("accepted", "the destination holds it, said by hand")),
    # As if it had been removed: whoever belongs there is sent again.
    "missing": ("remove", Outcome("accepted", "the destination does not hold it, said by hand")),
}


@dataclass(frozen=True)
class Settled:
    """Of how many additions of a sync is now known what became of them."""

    sync: str
    became: Became
    records: int


def unknown(settings: Settings, syncs: tuple[str, ...] = ()) -> list[Stuck]:
    """The additions whose answer was lost, of the named syncs or of all, ordered by sync, time and key.

    Args:
        settings: where the warehouse is.
        syncs: names of syncs; none means all.

    Raises:
        KindredError: there is no warehouse, no such sync, or a table is missing.
    """
    return stuck_records(settings, syncs, lambda tables, sync: _lost(tables, sync).order_by("since", "record_key"))


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
    _refuse_strangers(settings, syncs, customers)
    operation, outcome = _SAID[became]

    def choose(tables: Tables, sync: Sync) -> Any:
        lost = _lost(tables, sync)
        mine = lost.filter(lost.customer_id.isin(customers)) if customers else lost
        return mine.mutate(operation=ibis.literal(operation))

    found = syncs_of(settings, syncs)
    return [Settled(sync.sync, became, answer_by_hand(settings, sync, choose, outcome, now)) for sync in found]


def _refuse_strangers(settings: Settings, syncs: tuple[str, ...], customers: tuple[str, ...]) -> None:
    if not customers:
        return
    lost = {one.customer_id for one in unknown(settings, syncs)}
    if strangers := sorted(set(customers) - lost):
        raise KindredError(
            f"No answer about {', '.join(strangers)} was lost; `kindred status --unknown` lists those of whom one was."
        )


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
    columns = ("sync", "destination", "record_key", "customer_id", "permission_id", "payload_hash", "reason")
    last = mine.mutate(place=newest).filter(lambda rows: rows.place == 0)
    return last.select(*columns, since="delivered_at")
