"""`python -m reverse_etl plan | sync | status | retry | reconcile | destinations | receive`.

Leaves with 0 when all is well, 1 when a guard blocked, a record was not taken or something is wrong with the
configuration, 2 when the command line itself is.
"""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reverse_etl._cli_care import json_option, names, reconcile_command, retry_command, show, status_command
from reverse_etl._cli_fakes import destinations_command
from reverse_etl._guards import VOLUME
from reverse_etl._plan import plan
from reverse_etl._progress import progress_bar
from reverse_etl._render import render_plan, render_results
from reverse_etl._result import SyncOptions, SyncResult
from reverse_etl._run import check_configuration, run_sync, sync_names
from reverse_etl._saved import check_unmoved, load_plans, save_plans
from reverse_etl._settle import recover
from reverse_etl.receiver import DEFAULT_PORT, FAULTS, Fault, running
from warehouse import KindredError, Settings, files_explained

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reverse_etl._saved import Fingerprint

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def commands() -> None:
    """Deliver audiences to where they are used, and take people out again."""


@commands.command("plan")
@names
@click.option("--save", type=_FILE, help="Write the plans to this file, for `sync --plan`.")
@json_option
def plan_command(syncs: tuple[str, ...], save: Path | None, *, as_json: bool) -> None:
    """Show what would be sent, whom each audience leaves out and why, and which guards trip."""
    settings = Settings.from_env()
    recover(settings)
    plans = plan(settings, syncs)
    if save:
        save_plans(settings, plans, save)
    show(plans, render_plan(plans), as_json=as_json)


@commands.command("sync")
@names
@click.option("--dry-run", is_flag=True, help="Only plan; leaves with 1 if a guard would block.")
@click.option("--limit", type=click.IntRange(min=1), help="Send at most so many records of each sync.")
@click.option(
    "--accept",
    multiple=True,
    type=click.Choice(sorted(VOLUME)),
    help="Let this guard pass once, because somebody has looked at the plan.",
)
@click.option("--plan", "plan_file", type=_FILE, help="Deliver what `plan --save` wrote, if it still holds.")
@json_option
def sync_command(  # noqa: PLR0913 - one for each option
    syncs: tuple[str, ...],
    limit: int | None,
    accept: tuple[str, ...],
    plan_file: Path | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Deliver the named syncs, or all of them."""
    settings = Settings.from_env()
    options = SyncOptions(dry_run=dry_run, limit=limit, accept=frozenset(accept))
    if plan_file and (syncs or limit or dry_run):
        raise click.UsageError("A saved plan is delivered as it is: without names of syncs, --limit and --dry-run.")
    saved = load_plans(plan_file) if plan_file else {}
    syncs = tuple(saved) if plan_file else syncs or sync_names(settings)
    if not dry_run:
        check_configuration(settings, syncs)
    if saved:
        recover(settings)
        check_unmoved(settings, saved, options.now())
    results, troubles = _run_each(settings, syncs, options, saved)
    shown = render_plan([result.plan for result in results]) if dry_run else render_results(results)
    show(results, shown, as_json=as_json)
    for trouble in troubles:
        click.echo(trouble, err=True)
    if troubles or not all(result.ok for result in results):
        sys.exit(1)


for command in (status_command, retry_command, reconcile_command, destinations_command):
    commands.add_command(command)


@commands.command("receive")
@click.option("--port", default=DEFAULT_PORT, show_default=True, help="Listen on this port of this machine.")
@click.option("--fail", "faults", multiple=True, metavar="KIND[=VALUE][*TIMES]", help=f"Fail: {', '.join(FAULTS)}.")
def receive_command(port: int, faults: tuple[str, ...]) -> None:
    """Run a webhook receiver on this machine, which keeps what it is sent under KINDRED_HOME/webhook."""
    planned = [Fault.parse(text) for text in faults]
    with suppress(KeyboardInterrupt), running(Settings.from_env(), port=port) as receiver:
        receiver.fail(*planned)
        click.echo(f"Listening on {receiver.url}; stop with Ctrl-C.")
        receiver.serving.wait()


def main() -> None:
    """Run the command line; an error that a user can mend is one line and exit code 1."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    try:
        with files_explained():
            commands(prog_name="python -m reverse_etl")
    except KindredError as error:
        click.echo(str(error), err=True)
        sys.exit(1)


def _run_each(
    settings: Settings, syncs: Sequence[str], options: SyncOptions, saved: Mapping[str, Fingerprint]
) -> tuple[list[SyncResult], list[str]]:
    # One sync's trouble is no reason to leave people in the audiences of the others.
    results: list[SyncResult] = []
    troubles: list[str] = []
    for sync in dict.fromkeys(syncs):
        try:
            with progress_bar(sync, replace(options, saved=saved.get(sync))) as shown:
                results.append(run_sync(settings, sync, shown))
        except KindredError as error:
            troubles.append(str(error))
    return results, troubles
