"""A customer's card as a person reads it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import RenderableType

    from orchestration.lookup import Card
    from orchestration.names import Rows

_SHOWN = {
    "Identity": ("identifier_type", "identifier_value", "records", "first_seen_at", "last_seen_at"),
    "Golden record": ("attribute", "value", "source", "observed_at", "rule", "other_values"),
    "Audiences": ("sync", "segment", "decision", "reason"),
    "Consents": ("purpose", "channel", "recipient", "is_granted", "jurisdiction", "decided_at"),
    "Suppressions": ("channel", "reason", "since"),
    "Held by destinations": ("sync", "destination", "delivered_at"),
}


def render_card(card: Card) -> RenderableType:
    """One customer on one page."""
    tables = {
        "Identity": card.identifiers,
        "Golden record": card.attributes,
        "Audiences": card.audiences,
        "Consents": card.consents,
        "Suppressions": card.suppressions,
        "Held by destinations": card.delivered,
    }
    parts: list[RenderableType] = [Text(f"{card.note}\n", style="bold")] if card.note else []
    parts += [_traits(card), Text(f"Segments: {', '.join(card.segments) or 'none'}\n")]
    parts += [_table(title, rows) for title, rows in tables.items() if rows]
    if not card.consents:
        parts.append(Text("Consents: no word of theirs, which means no."))
    return Panel(Group(*parts), title=f"customer {card.customer_id}", title_align="left")


def _traits(card: Card) -> Text:
    pairs = (f"{name} {_cell(value)}" for name, value in card.traits.items() if name not in {"customer_id", "as_of"})
    return Text(" · ".join(pairs) + "\n", style="dim")


def _table(title: str, rows: Rows) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold", pad_edge=False)
    for column in _SHOWN[title]:
        table.add_column(column.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row[column]) for column in _SHOWN[title]))
    return table


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if hasattr(value, "strftime"):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float | Decimal):
        return f"{value:.2f}"
    return "" if value is None else str(value)
