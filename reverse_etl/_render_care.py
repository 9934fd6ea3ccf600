"""What was rejected, offered again or read back, for a person's eyes; people by short names only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from reverse_etl._render import table_of
from warehouse.page import breakable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reverse_etl._by_hand import Stuck
    from reverse_etl._reconcile import Reconciliation
    from reverse_etl._rejections import Retried
    from reverse_etl._unknowns import Settled


def render_stuck(found: Sequence[Stuck], nobody: str) -> RenderableType:
    """Each record that is not sent as it is, and why; `nobody` says that there is none."""
    if not found:
        return Text(nobody)
    table = table_of("sync", "key", "customer", "since", "reason")
    for one in found:
        table.add_row(breakable(one.sync), one.key, one.customer_id, f"{one.since:%Y-%m-%d %H:%M}", one.reason or "")
    return table


def render_retried(found: Sequence[Retried]) -> RenderableType:
    """How many are offered again."""
    table = table_of("sync", "offered again")
    for one in found:
        table.add_row(breakable(one.sync), f"{one.records:,}")
    return table


def render_settled(found: Sequence[Settled]) -> RenderableType:
    """Of how many it is known now what became of them."""
    table = table_of("sync", "settled", "so that")
    for one in found:
        so = "they count as delivered" if one.became == "held" else "the next run sends them"
        table.add_row(breakable(one.sync), f"{one.records:,}", so if one.records else "")
    return table


def render_reconciled(found: Sequence[Reconciliation]) -> RenderableType:
    """What each destination shows against the receipts, with some examples."""
    table = table_of("sync", "holds", "missing", "not ours", "stale", "said")
    for one in found:
        numbers = [f"{number:,}" for number in (one.held or 0, one.missing, one.extra, one.stale)]
        table.add_row(breakable(one.sync), *(numbers if one.held is not None else [""] * 4), one.message or "")
    examples = (
        Text(f"  {one.sync}: {what} {key}{': ' if fields else ''}{', '.join(fields)}")
        for one in found
        for what, key, fields in one.examples
    )
    return Group(table, *examples)
