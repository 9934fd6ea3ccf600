"""An explanation as a person reads it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from orchestration.card_phrases import cell

if TYPE_CHECKING:
    from rich.console import RenderableType

    from orchestration.explain import Answer, Explanation


def render_explanation(explanation: Explanation) -> RenderableType:
    """One customer and one segment: in or out, since when, and each clause with the customer's value."""
    verdict = "IN" if explanation.is_member else "OUT"
    heading = Text.assemble((verdict, "bold green" if explanation.is_member else "bold red"), _since(explanation))
    parts: list[RenderableType] = [
        Text(f"{explanation.description}\n", style="dim"),
        heading,
        Text(),
        _clauses(explanation),
    ]
    if explanation.nearest:
        parts.append(Text(f"\nNearest to holding: {_sentence(explanation.nearest)}"))
    return Panel(Group(*parts), title=f"{explanation.segment} · customer {explanation.customer_id}", title_align="left")


def _since(explanation: Explanation) -> str:
    because = f", because {explanation.because}" if explanation.because else ""
    if explanation.is_member:
        return f" since {cell(explanation.entered_at)}{because}"
    return f": left on {cell(explanation.left_at)}{because}" if explanation.left_at else ": never was in it"


def _clauses(explanation: Explanation) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for style in ("bold", "", "dim"):
        table.add_column(style=style, overflow="fold")
    for answer in explanation.answers:
        _add(table, answer, "")
    return table


def _add(table: Table, answer: Answer, indent: str) -> None:
    table.add_row(f"{indent}{'yes' if answer.holds else 'no'}", _short(answer), _has(answer))
    for place, one in enumerate(answer.alternatives):
        _add(table, one, f"{indent}  {'or ' if place else ''}")


def _short(answer: Answer) -> str:
    """The clause, with its bound worked out where it is an expression."""
    if answer.operator and hasattr(answer.bound, "strftime"):
        return f"{next(iter(answer.values))} {answer.operator} {_value(answer.bound)}"
    return "one of:" if answer.alternatives else answer.text


def _has(answer: Answer) -> str:
    if answer.alternatives:
        return ""
    return ", ".join(f"{column} is {_value(value)}" for column, value in answer.values.items())


def _value(value: Any) -> str:
    """A value, of a moment also the minute: it may decide."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return "unknown" if value is None else cell(value)


def _sentence(answer: Answer) -> str:
    text = f"{_short(answer)}; {_has(answer)}" if _has(answer) else answer.text
    return text if answer.between is None else f"{text}, and {answer.between:.0%} of customers lie between"
