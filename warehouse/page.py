"""What is printed for a person: how wide, and tables that keep their words and figures whole on a narrow terminal."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.box import Box
    from rich.console import ConsoleOptions, JustifyMethod, RenderableType, RenderResult

BREAK: Final = "\u200b"
"""Where a cell or a heading of a `Sheet` may go on in the next line; with a space before it, that space goes."""
_INDENTATION: Final = re.compile(r"^ *([0-9]+\. )?")
_FILE_WIDTH: Final = 130
_ANY_WIDTH: Final = 10_000


def page() -> Console:
    """The terminal; or, in a file or a pipe, a page that does not fold its lines at 80."""
    console = Console()
    return console if console.is_terminal else Console(width=_FILE_WIDTH)


def breakable(sync: str) -> str:
    """The name of a sync, which may be broken after its destination."""
    return sync.replace("__", f"__{BREAK}", 1)


def below(title: RenderableType, *lines: RenderableType) -> Group:
    """Lines that belong to a title, and stay to the right of it where they are folded."""
    return Group(title, *(Padding(line, (0, 0, 0, 2), expand=False) for line in lines))


def indented(text: str) -> Group:
    """Lines that stay to the right of their indentation, and of a number before them, where they are folded."""
    return Group(*map(_hanging, text.split("\n")))


def _hanging(line: str) -> RenderableType:
    start = len(line) - len(_INDENTATION.sub("", line))
    if not start:
        return Text(line)
    grid = Table.grid()
    grid.add_column(width=start)
    grid.add_row(Text(line[:start]), Text(line[start:]))
    return grid


@dataclass(frozen=True)
class Sheet:
    """A table that moves its columns together, then uses its breaks, where the page is too narrow for whole lines.

    Attributes:
        columns: their headings; the first is a name, which is broken nowhere else.
        text: the columns that stand to the left; figures stand to the right.
        box: the lines around it; None for none.
        rows: the cells, added by `add_row`.
    """

    columns: tuple[str, ...]
    text: Iterable[str] = ()
    box: Box | None = None
    rows: list[tuple[str | Text, ...]] = field(default_factory=list)

    def add_row(self, *cells: str | Text) -> None:
        """Add a row with a cell for each column."""
        self.rows.append(cells)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it as wide as the page allows."""
        layouts = (self._table(" ", "", gap=2), self._table(" ", "", gap=1), self._table("\n", "\n", gap=1))
        unbound = options.update(max_width=_ANY_WIDTH)
        fitting = (one for one in layouts if console.measure(one, options=unbound).maximum <= options.max_width)
        yield next(fitting, layouts[-1])

    def _table(self, space: str, nothing: str, gap: int) -> Table:
        def cut(cell: str | Text) -> str | Text:
            return cell if isinstance(cell, Text) else cell.replace(f" {BREAK}", space).replace(BREAK, nothing)

        between = gap - 1 if self.box else gap  # a box has a column of its own there
        table = Table(box=self.box, show_edge=False, pad_edge=False, padding=(0, between, 0, 0), header_style="bold")
        for place, name in enumerate(self.columns):
            justify: JustifyMethod = "left" if name in self.text else "right"
            table.add_column(cut(name), justify=justify, no_wrap=place == 0, overflow="fold")
        for cells in self.rows:
            table.add_row(*map(cut, cells))
        return table
