"""What is printed keeps its words and figures whole on a narrow terminal."""

from __future__ import annotations

import re

import pytest
from rich.console import Console, RenderableType
from rich.text import Text

from warehouse.page import BREAK, Sheet, below, breakable, indented

SYNC = "sync_demo_webhook__visited_not_converted"


def printed(shown: RenderableType, width: int) -> list[str]:
    console = Console(width=width)
    with console.capture() as captured:
        console.print(shown, highlight=False)
    return [line.rstrip() for line in captured.get().splitlines()]


def plan(width: int) -> list[str]:
    sheet = Sheet(("sync", "members", "audience", "last run"), text=("sync", "last run"))
    sheet.add_row(breakable(SYNC), "1,234,567", "987,654", f"22 Nov 14:55 {BREAK}succeeded")
    return printed(sheet, width)


def test_a_wide_page_breaks_nothing() -> None:
    assert plan(90) == [
        f"{'sync':<40}    members  audience  last run",
        f"{SYNC}  1,234,567   987,654  22 Nov 14:55 succeeded",
    ]


def test_a_page_that_is_a_little_narrower_moves_the_columns_together() -> None:
    assert plan(82)[1] == f"{SYNC} 1,234,567  987,654 22 Nov 14:55 succeeded"


@pytest.mark.parametrize("width", [60, 80])
def test_a_narrow_page_breaks_where_the_cells_allow_it(width: int) -> None:
    assert plan(width) == [
        f"{'sync':<21}   members audience last run",
        "sync_demo_webhook__   1,234,567  987,654 22 Nov 14:55",
        f"{'visited_not_converted':<21}{'':<20}succeeded",
    ]


def test_no_mark_of_a_break_is_ever_printed() -> None:
    assert not re.search(BREAK, "".join(plan(60) + plan(200)))


def test_lines_that_are_folded_stay_below_their_title() -> None:
    assert printed(below(Text("sync_a"), Text("26 members - 10 no consent = 16")), 20) == [
        "sync_a",
        "  26 members - 10 no",
        "  consent = 16",
    ]


def test_a_line_that_is_folded_stays_as_far_to_the_right_as_it_began() -> None:
    assert printed(indented("Because:\n\n  1. they stood together"), 20) == [
        "Because:",
        "",
        "  1. they stood",
        "     together",
    ]
