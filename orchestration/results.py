"""What each campaign, each audience with a holdout and all promotions together brought, on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
from rich import box
from rich.console import Group
from rich.text import Text

from orchestration.words import counted
from warehouse import KindredError, connect
from warehouse.page import BREAK, Sheet, breakable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from warehouse import Settings

Result = dict[str, Any]
_QUERY = """
select * from activation.experiment_results
order by case kind when 'campaign' then 1 when 'audience' then 2 else 3 end, first_assigned_at desc, experiment
"""
_HEAD = (
    "What they brought, measured by those who were held out. ± gives the interval that holds the truth 95 times in 100."
)
_FOOT = (
    "treated, held out: customers whose days to convert are over. lift: the first rate minus the second, in points of a"
    " percent.\norders, revenue: what the treated bought because of it. Each figure is explained in"
    " docs/experiments.md; --json shows all of them."
)


def read_results(settings: Settings) -> list[Result]:
    """The rows of `activation.experiment_results`, campaigns first, the newest first, with the names of its columns.

    Raises:
        KindredError: there is no warehouse, or no build has reached the results yet.
    """
    with connect(settings, read_only=True) as connection:
        try:
            found = connection.execute(_QUERY)
        except duckdb.CatalogException:
            raise KindredError("There are no results yet: `kindred run` works them out.") from None
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def render_results(results: list[Result]) -> RenderableType:
    """The results as a marketer reads them."""
    if not results:
        return Text("There is no experiment: no campaign has arms, and no audience or promotion a holdout.")
    columns = ("campaign", "treated", f"held {BREAK}out", "converted", "lift", "orders", "revenue", "status")
    table = Sheet(columns, text=("campaign", "status"), box=box.SIMPLE_HEAD)
    for one in results:
        table.add_row(*_cells(one))
    return Group(Text(f"{_HEAD}\n"), table, Text(), *(Text(note) for note in _notes(results)), Text(_FOOT, style="dim"))


def _cells(one: Result) -> tuple[str, ...]:
    sizes = (breakable(str(one["experiment"])), f"{one['treated']:,}", f"{one['held_out']:,}")
    if one["lift"] is None:
        return (*sizes, "", "", "", "", _status(one))
    return (
        *sizes,
        f"{one['treated_rate']:.1%} / {BREAK}{one['held_out_rate']:.1%}",
        f"{100 * one['lift']:+.1f} {BREAK}± {100 * _half(one, 'lift'):.1f}",
        f"{one['incremental_conversions']:+,.0f}",
        f"{one['incremental_revenue']:+,.0f} {BREAK}± {one['treated'] * _half(one, 'revenue_lift'):,.0f}",
        _status(one),
    )


def _half(one: Result, figure: str) -> float:
    """Half the width of an interval."""
    return float(one[f"{figure}_high"] - one[f"{figure}_low"]) / 2


def _status(one: Result) -> str:
    if one["status"] == "waiting":
        return f"waiting: {BREAK}{one['waiting']:,}"
    return str(one["status"]).replace(" ", f" {BREAK}", 1)


def _notes(results: list[Result]) -> Iterator[str]:
    for one in results:
        if one["contaminated"]:
            yield f"{one['experiment']}: {counted(one['contaminated'], 'customer')} in both arms by a merge: left out."
        if one["lost"]:
            yield f"{one['experiment']}: {one['lost']:,} who were tossed for cannot be found any more: left out."
        if one["held_out_reached"]:
            yield f"{one['experiment']}: {one['held_out_reached']:,} of those held out have been sent it at some time."
