"""The summary as a person reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from warehouse.page import below

if TYPE_CHECKING:
    from rich.console import RenderableType

    from orchestration.summary import SegmentFigures, SourceFigures, Summary, SyncFigures
    from warehouse import Settings

_REASONS = 2


def render_summary(summary: Summary, settings: Settings) -> RenderableType:
    """The page at the end of `kindred run`."""
    return Group(
        _sources(summary),
        _customers(summary),
        _segments(summary),
        _syncs(summary),
        _next(summary, settings),
    )


def _table(*columns: str, title: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold", pad_edge=False)
    for column in columns:
        is_text = column in {"source", "why"}
        table.add_column(column, justify="left" if is_text else "right", overflow="fold")
    return table


def _sources(summary: Summary) -> Table:
    table = _table("source", "rows", "quarantined", "why", title="Read")
    for figures in summary.sources:
        table.add_row(figures.source, f"{figures.rows:,}", f"{figures.quarantined:,}", _reasons(figures))
    rows, quarantined = (sum(one.rows for one in summary.sources), sum(one.quarantined for one in summary.sources))
    table.add_section()
    table.add_row("all", f"{rows:,}", f"{quarantined:,}", "")
    return table


def _reasons(figures: SourceFigures) -> str:
    shown = [f"{count:,} {reason}" for reason, count in figures.reasons[:_REASONS]]
    return ", ".join(shown) + (", …" if len(figures.reasons) > _REASONS else "")


def _customers(summary: Summary) -> Text:
    lines = [f"{summary.customers:,} customers found, {summary.known_customers:,} of them known by name or address."]
    if accuracy := summary.accuracy:
        lines.append(
            f"The records belong to {accuracy.people:,} true people; {accuracy.customers:,} customers were made of"
            f" them: precision {accuracy.precision:.1%}, recall {accuracy.recall:.1%}."
        )
    lines.append(str(summary.money))
    text = Text("\n".join(lines) + "\n")
    text.highlight_regex(r"[\d.,]+%", "bold")
    return Text.assemble(("Customers", "bold"), f" as of {summary.as_of} UTC\n", text)


def _segments(summary: Summary) -> Text:
    sizes = Text(" · ").join(_segment(one) for one in summary.segments) if summary.segments else Text("none")
    return Text.assemble(("Segments", "bold"), "\n", sizes, "\n")


def _segment(one: SegmentFigures) -> Text:
    size = Text(f"{one.segment} {one.members:,}")
    return size.append(f" ({one.remark})", "yellow") if one.remark else size


def _syncs(summary: Summary) -> RenderableType:
    if not summary.syncs:
        return Text.assemble(("Delivered", "bold"), " nothing: there is no sync\n")
    return Group(Text("Delivered", "bold"), *map(_sync, summary.syncs), Text())


def _sync(one: SyncFigures) -> RenderableType:
    status = Text.assemble(f"{one.sync} ", (one.status, "green" if one.status == "succeeded" else "red"))
    moved = f"{one.added:,} new, {one.updated:,} changed, {one.removed:,} removed"
    return below(status, Text(one.funnel), Text(f"{moved}; {one.destination} holds {one.held:,}"))


def _next(summary: Summary, settings: Settings) -> Text:
    lines = [
        ("kindred ui", "the graph, the run and its checks, at 127.0.0.1:3000"),
        ("kindred plan", "what the next run would send, and to whom it would not"),
        (f"kindred lookup {summary.example or '<identifier>'}", "all that is known of one customer"),
        (str(settings.home / "outbox"), "what the files' destination was sent"),
        ("staging.quarantine_<source>", "in the warehouse: the rows that could not be read, and why"),
        (str(settings.data_docs / "customers.html"), "what the expectations found"),
    ]
    width = max(len(place) for place, _ in lines)
    body = "\n".join(f"  {place:<{width}}  {what}" for place, what in lines)
    return Text.assemble(("Where to look next", "bold"), f"\n{body}")
