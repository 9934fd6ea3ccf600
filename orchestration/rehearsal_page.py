"""What a rehearsal found, as a person reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from orchestration.words import counted, typed, worded
from warehouse.page import BREAK, Sheet, below, breakable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import JustifyMethod, RenderableType

    from orchestration.changes import BlockedChange, Cause, Changes, LinkChange, Regrouping, SyncChange

_SHOWN = 5
_MOST = 15


def render_changes(changes: Changes) -> RenderableType:
    """One rehearsal on one page."""
    head = f"A rehearsal on a copy, as of {changes.as_of} UTC: nothing was changed, nothing was sent."
    if changes.is_nothing:
        return Text(f"{head}\n\nNothing would change.")
    parts: list[RenderableType] = [Text(f"{head}\n"), _customers(changes)]
    if changes.links:
        parts.append(_links(changes.links))
    if changes.blocked:
        parts.append(Text.assemble(("Blocked", "bold"), "\n" + "\n".join(_blocked(changes.blocked)) + "\n"))
    return Group(*parts, _syncs(changes.syncs))


def _customers(changes: Changes) -> Text:
    if not (any(changes.identifiers.values()) or any(changes.records.values())):
        return Text(f"All {changes.customers_after:,} customers would stay as they are.\n")
    lines = [
        f"{changes.customers_before:,} customers → {changes.customers_after:,}",
        f"identifiers: {_moves(changes.identifiers)}",
        f"records: {_moves(changes.records)}",
        *_merges(changes.merges),
        *_splits(changes.splits),
    ]
    return Text.assemble(("Customers", "bold"), "\n" + "\n".join(lines) + "\n")


def _moves(numbers: dict[str, int]) -> str:
    words = {"moved": "to another customer", "left": "nobody's any more", "joined": "somebody's for the first time"}
    return ", ".join(f"{numbers[kind]:,} {text}" for kind, text in words.items())


def _merges(merges: tuple[Regrouping, ...]) -> Iterator[str]:
    if merges:
        today = sum(len(one.parts) for one in merges)
        yield f"\n{counted(today, 'customer')} would become {len(merges):,} (with how many identifiers):"
    for one in merges[:_SHOWN]:
        yield f"  {_parts(one)} would be {one.customer_id}"
        yield from (f"    because {_ends(cause)} would be linked: {_evidence(cause)}" for cause in one.causes)
    yield from _more(len(merges))


def _splits(splits: tuple[Regrouping, ...]) -> Iterator[str]:
    if splits:
        then = sum(len(one.parts) for one in splits)
        yield f"\n{counted(len(splits), 'customer')} would become {then:,} (with how many identifiers):"
    for one in splits[:_SHOWN]:
        yield f"  {one.customer_id} would be {_parts(one)}"
        yield from (
            f"    because {_ends(cause)} would not be linked ({_evidence(cause)}): {worded(cause.reason)}"
            for cause in one.causes
        )
    yield from _more(len(splits))


def _more(number: int) -> Iterator[str]:
    if number > _SHOWN:
        yield f"  … and {number - _SHOWN:,} more: --json has all of them"


def _parts(one: Regrouping) -> str:
    """The several customers with their numbers of identifiers."""
    return " + ".join(f"{customer_id} ({identifiers})" for customer_id, identifiers in one.parts)


def _ends(one: Cause) -> str:
    return f"{typed(one.identifier_type, one.identifier_value)} and {typed(one.anchor_type, one.anchor_value)}"


def _evidence(one: Cause) -> str:
    return f"rule {one.rule}, {counted(one.records, 'record')}"


def _blocked(changes: tuple[BlockedChange, ...]) -> Iterator[str]:
    for one in changes[:_SHOWN]:
        verdict = "would join nobody any more" if one.is_blocked else "may join people again; until now it did not"
        yield f"  {typed(one.identifier_type, one.identifier_value)} {verdict}, because {worded(one.why)}"
    yield from _more(len(changes))


def _links(changes: tuple[LinkChange, ...]) -> Table:
    table = _table("Links", "rule", "links", "now", "then", "because")
    for one in changes[:_MOST]:
        table.add_row(one.rule, f"{one.links:,}", one.was, one.becomes, worded(one.reason) if one.reason else "")
    if len(changes) > _MOST:
        table.add_row("…", f"{sum(one.links for one in changes[_MOST:]):,}")
    return table


def _syncs(syncs: tuple[SyncChange, ...]) -> Group:
    changed = [one for one in syncs if one.is_change]
    table = Sheet(("sync", "members", "audience", "add", "update", "remove"), text=("sync",), box=box.SIMPLE_HEAD)
    for one in changed:
        members = f"{one.members_before:,} → {BREAK}{one.members_after:,}"
        audience = f"{one.audience_before:,} → {BREAK}{one.audience_after:,}"
        table.add_row(breakable(one.sync), members, audience, f"{one.added:,}", f"{one.changed:,}", f"{one.removed:,}")
    parts: list[RenderableType] = [Text("Destinations", style="bold")]
    if changed:
        parts += [table, Text()]
    parts.extend(below(Text(one.sync), _withheld(one)) for one in changed if one.withheld)
    if len(changed) < len(syncs):
        parts.append(Text(_unchanged(len(syncs) - len(changed))))
    return Group(*parts)


def _unchanged(syncs: int) -> str:
    return f"{counted(syncs, 'sync')} would stay as {'it is' if syncs == 1 else 'they are'}"


def _withheld(one: SyncChange) -> Text:
    reasons = " · ".join(f"{reason} {before:,} → {after:,}" for reason, before, after in one.withheld)
    return Text(f"withheld: {reasons}")


def _table(title: str, *columns: str) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD,
        title=title,
        title_justify="left",
        title_style="bold",
        pad_edge=False,
        caption_justify="left",
    )
    for column in columns:
        justify: JustifyMethod = "right" if column == "links" else "left"
        table.add_column(column, justify=justify, overflow="fold")
    return table
