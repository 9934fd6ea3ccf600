"""The demo's campaigns, as measured, beside what is true of them.

    python -m benchmarks.experiments

It reads the warehouse of the last run (`KINDRED_HOME`). For each send the demo drew what would have happened with it
and without it, so the effect over everybody who was tossed for is known and not estimated. Purchases that name nobody
are in the truth and cannot be in the measurement.
"""

from __future__ import annotations

from typing import Any

import click
import duckdb
from rich import box
from rich.console import Console
from rich.table import Table

from warehouse import KindredError, Settings, connect

_QUERY = """
select
    results.experiment,
    results.treated,
    results.held_out,
    results.lift,
    results.lift_low,
    results.lift_high,
    truth.effect,
    truth.effect between results.lift_low and results.lift_high as is_recovered,
    results.status
from activation.experiment_results as results
inner join truth.campaign_effects as truth on results.experiment = truth.campaign_id
where results.kind = 'campaign' and results.lift is not null
order by results.first_assigned_at
"""


def campaigns(settings: Settings) -> list[tuple[Any, ...]]:
    """One row a campaign: name, treated, held out, lift, its interval, the true effect, whether it lies within, status.

    Raises:
        KindredError: the warehouse holds no demo, or no results.
    """
    with connect(settings, read_only=True) as connection:
        try:
            return connection.execute(_QUERY).fetchall()
        except duckdb.CatalogException:
            raise KindredError("The warehouse holds no demo with results: `kindred run` makes one.") from None


@click.command()
def main() -> None:
    """Show each campaign's measured lift beside its true effect, in points of a percent."""
    table = Table(title="Lift, in points of a percent", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("campaign", "treated", "held out", "measured", "95% interval", "true", "within", "status"):
        table.add_column(name, no_wrap=True)
    for name, treated, held_out, lift, low, high, effect, recovered, status in campaigns(Settings.from_env()):
        interval = f"{100 * low:.1f} to {100 * high:.1f}"
        measured, true, within = f"{100 * lift:.1f}", f"{100 * effect:.1f}", "yes" if recovered else "NO"
        table.add_row(name, f"{treated:,}", f"{held_out:,}", measured, interval, true, within, status)
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
