"""A customer's card as a person reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Group
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from orchestration.card_phrases import cell, other_traits, spoken
from warehouse.page import Sheet, breakable

if TYPE_CHECKING:
    from rich.console import RenderableType

    from orchestration.lookup import Card
    from orchestration.names import Rows

_TABLES = {
    "Segments": ("movements", ("segment", "movement", "changed_at", "because")),
    "Audiences": ("audiences", ("sync", "decision", "reason")),
    "Consents": ("consents", ("purpose", "channel", "recipient", "is_granted", "jurisdiction", "decided_at")),
    "Suppressions": ("suppressions", ("channel", "reason", "since")),
    "Held by destinations": ("delivered", ("sync", "destination", "delivered_at")),
    "Lately": ("lately", ("occurred_at", "event_type", "source", "detail")),
    "Golden record": ("attributes", ("attribute", "value", "source", "observed_at", "rule", "other_values")),
    "Identity": ("identifiers", ("identifier_type", "identifier_value", "records", "first_seen_at", "last_seen_at")),
}
"""Each table's title, the field of the card that holds its rows, and the columns that are shown."""
_HEADINGS = {"is_granted": "allowed", "decided_at": "since", "changed_at": "on"}
_IN_WORDS = {"attribute", "rule", "event_type", "identifier_type"}


def render_card(card: Card, *, with_all_traits: bool = False) -> RenderableType:
    """One customer on one page: who they are, what may be sent to them and why not, then where it is known from."""
    parts: list[RenderableType] = [Text(f"{card.note}\n", style="bold")] if card.note else []
    parts.append(_traits(card, with_all=with_all_traits))
    if not card.consents:
        parts.append(Text("Consents: no word of theirs, which means no.\n"))
    parts += [
        _table(title, getattr(card, rows), shown) for title, (rows, shown) in _TABLES.items() if getattr(card, rows)
    ]
    return Panel(Group(*parts), title=_title(card), title_align="left")


def _title(card: Card) -> str:
    golden = {row["attribute"]: str(row["value"]) for row in card.attributes}
    name = " ".join(filter(None, (golden.get("first_name"), golden.get("last_name"))))
    return " · ".join(filter(None, (name, f"customer {card.customer_id}", _warning(card))))


def _warning(card: Card) -> str:
    return "test account: never sent anything" if card.traits.get("is_test") else ""


def _traits(card: Card, *, with_all: bool) -> Table:
    """A line a subject: a title, and what there is to say."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("Segments", ", ".join(card.segments) or "none")
    for title, text in spoken(card.traits, card.currency).items():
        table.add_row(title, text)
    others = other_traits(card.traits)
    if others and with_all:
        table.add_row("Other traits", " · ".join(f"{name} {said}" for name, said in others.items()), style="dim")
    elif others:
        table.add_row("", f"and {len(others)} more traits, which --all shows", style="dim")
    table.add_row("", "")
    return table


def _table(title: str, rows: Rows, shown: tuple[str, ...]) -> RenderableType:
    headings = tuple(_HEADINGS.get(column, column.replace("_", " ")) for column in shown)
    sheet = Sheet(headings, text=headings, box=box.SIMPLE_HEAD)
    for row in rows:
        sheet.add_row(*(_said(row, column) for column in shown))
    return Group(Text(title, style="bold"), Padding(sheet, (0, 0, 1, 0)))


def _said(row: dict[str, Any], column: str) -> str:
    """A cell: why somebody is left out in one, a name that holds underscores in words."""
    if column == "reason" and row.get("detail"):
        return f"{row['reason']} ({row['detail']})"
    said = cell(row[column])
    if column == "sync":
        return breakable(said)
    return said.replace("_", " ") if column in _IN_WORDS else said
