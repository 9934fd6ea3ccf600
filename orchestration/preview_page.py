"""A preview of an edited segment, as a person reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from orchestration.words import counted
from warehouse.page import Sheet, below, breakable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from orchestration.preview import Movement, Preview, SyncChange
    from reverse_etl import SyncPlan

_SHOWN = 8


def render_preview(found: Preview) -> RenderableType:
    """Who enters and leaves, and what each destination would get."""
    new = " (new)" if found.is_new else ""
    head = f"{found.segment}{new} as of {found.as_of} UTC, as its file stands now: nothing was written, nothing sent."
    sizes = f"{found.members_before:,} members → {found.members_after:,}"
    parts: list[RenderableType] = [Text(f"{head}\n"), Text(f"{sizes}\n", style="bold")]
    if not (found.entering or found.leaving):
        parts.append(Text("Nobody would enter or leave.\n"))
    parts += _moves("would enter", "what kept them out", found.entering, "the segment is new" if found.is_new else "")
    parts += _moves("would leave", "what does not hold", found.leaving)
    if not found.syncs:
        return Group(*parts, Text("No sync would send anything else."))
    return Group(*parts, *_syncs(found.syncs))


def _moves(title: str, why: str, movements: tuple[Movement, ...], otherwise: str = "") -> Iterator[Table]:
    if not movements:
        return
    total = sum(one.customers for one in movements)
    table = _table(f"{counted(total, 'customer')} {title}", why, "customers", "such as")
    for one in movements[:_SHOWN]:
        table.add_row(one.reason or otherwise or "not known", f"{one.customers:,}", ", ".join(one.examples))
    if len(movements) > _SHOWN:
        table.add_row("others", f"{sum(one.customers for one in movements[_SHOWN:]):,}", "")
    yield table


def _syncs(changes: tuple[SyncChange, ...]) -> Iterator[RenderableType]:
    yield Text("What each destination would get\n", style="bold")
    table = Sheet(("sync", "audience", "add", "update", "remove"), text=("sync",), box=box.SIMPLE_HEAD)
    for one in changes:
        audience = f"{one.before.desired if one.before else 0:,} → {one.after.desired:,}"
        figures = (f"{number:,}" for number in (one.after.adds, one.after.updates, one.after.removals))
        table.add_row(breakable(one.after.sync), audience, *figures)
    yield table
    yield Text()
    for one in changes:
        yield below(Text(one.after.sync), *_remarks(one))


def _remarks(change: SyncChange) -> Iterator[Text]:
    withheld = " · ".join(_withheld(change))
    yield Text(f"withheld: {withheld or 'nobody'}")
    # The limits on how much changes; the other guards judge a build, and there is none yet.
    yield from (Text(f"would be stopped by its guard {guard}", "red") for guard in tripped(change.after))


def _withheld(one: SyncChange) -> Iterator[str]:
    before = dict(one.before.withheld) if one.before else {}
    for reason, members in one.after.withheld:
        was = before.get(reason, 0)
        yield f"{reason} {members:,}" if was == members else f"{reason} {was:,} → {members:,}"
    yield from (f"{reason} {was:,} → 0" for reason, was in before.items() if reason not in dict(one.after.withheld))


def tripped(plan: SyncPlan) -> list[str]:
    """The guards of volume that would stop the sync, each with its reason."""
    return [f"{guard.guard}: {guard.detail}" for guard in plan.tripped if guard.volume]


def _table(title: str, *columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column == "customers" else "left", overflow="fold")
    return table
