"""`status`, `retry` and `reconcile`: what is looked after between two deliveries."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, get_args

import click

from reverse_etl._reconcile import reconcile
from reverse_etl._rejections import rejected, retry
from reverse_etl._render import render_runs, render_status, to_json
from reverse_etl._render_care import render_reconciled, render_retried, render_settled, render_stuck
from reverse_etl._settle import recover
from reverse_etl._status import status
from reverse_etl._unknowns import Became, settle_unknown, unknown
from warehouse import Settings
from warehouse.page import page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from _typeshed import DataclassInstance
    from rich.console import RenderableType

names = click.argument("syncs", nargs=-1)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")


def show(values: Sequence[DataclassInstance], shown: RenderableType, *, as_json: bool) -> None:
    """Print the values for a script, or what shows them to a person."""
    if as_json:
        click.echo(to_json(values))
    else:
        page().print(shown)


@click.command("status")
@names
@click.option("--runs", "list_runs", is_flag=True, help="List the last five runs of each sync.")
@click.option("--rejected", "list_rejected", is_flag=True, help="List what the destinations do not take, and why.")
@click.option("--unknown", "list_unknown", is_flag=True, help="List additions whose answer was lost.")
@json_option
def status_command(
    syncs: tuple[str, ...], *, list_runs: bool, list_rejected: bool, list_unknown: bool, as_json: bool
) -> None:
    """Show how each sync stands: audience, delivered, waiting, rejected and the last run."""
    settings = Settings.from_env()
    recover(settings)
    if list_runs + list_rejected + list_unknown > 1:
        raise click.UsageError("--runs, --rejected and --unknown are a list each: ask for one of them.")
    if list_rejected:
        refused = rejected(settings, syncs)
        show(refused, render_stuck(refused, "No record is rejected."), as_json=as_json)
    elif list_unknown:
        lost = unknown(settings, syncs)
        show(lost, render_stuck(lost, "No answer about an addition is missing."), as_json=as_json)
    else:
        found = status(settings, syncs)
        show(found, render_runs(found) if list_runs else render_status(found), as_json=as_json)


@click.command("retry")
@names
@click.option(
    "--unknown",
    "became",
    type=click.Choice(get_args(Became)),
    help="Say what became of additions whose answer was lost.",
)
@click.option("--customer", "customers", multiple=True, help="With --unknown: of this customer only.")
@json_option
def retry_command(syncs: tuple[str, ...], became: Became | None, customers: tuple[str, ...], *, as_json: bool) -> None:
    """Let the next run offer rejected records again although they did not change; sends nothing itself.

    With --unknown missing, those whose addition got no answer and whom the destination does not hold are sent again;
    with --unknown held they count as delivered.
    """
    settings = Settings.from_env()
    recover(settings)
    if customers and not became:
        raise click.UsageError("--customer goes with --unknown.")
    if became:
        settled = settle_unknown(settings, syncs, became, customers)
        show(settled, render_settled(settled), as_json=as_json)
        return
    found = retry(settings, syncs)
    show(found, render_retried(found), as_json=as_json)


@click.command("reconcile")
@names
@json_option
def reconcile_command(syncs: tuple[str, ...], *, as_json: bool) -> None:
    """Read back what the destinations hold, and say what is missing, not ours, or not as it was delivered.

    Leaves with 1 when something is missing or stale, or when a destination could not be asked; changes nothing.
    """
    found = reconcile(Settings.from_env(), syncs, os.environ)
    show(found, render_reconciled(found), as_json=as_json)
    if not all(one.ok for one in found):
        sys.exit(1)
