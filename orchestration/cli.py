"""`kindred`: the command line.

What a person can mend is one sentence on stderr and exit code 1; a wrong command line is 2, Ctrl-C 130; 0 means that
all is well.
"""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

import click

from warehouse import INTERRUPTED, KindredError, Settings, files_explained, make_home

if TYPE_CHECKING:
    from collections.abc import Callable

_people = click.option(
    "--people", default=20_000, show_default=True, type=click.IntRange(min=1), help="How many people."
)
_seed = click.option("--seed", default=7, show_default=True, help="The same seed gives the same people.")
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
_NEW_OBJECTS = 100_000
"""After so many Python looks for garbage, not after its 700: commands import and read ten times as much at once."""
_HANDED_ON = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}


class _Group(click.Group):
    """Prints what a person can mend as one line; anything else is a defect of ours and keeps its traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            with files_explained():
                return super().invoke(ctx)
        except KindredError as error:
            click.echo(str(error), err=True)
            sys.exit(1)
        except (KeyboardInterrupt, click.Abort):
            click.echo("Stopped: run it again to go on.", err=True)
            sys.exit(INTERRUPTED)


def _writing() -> Settings:
    """The settings, with a home folder to write in."""
    settings = Settings.from_env()
    make_home(settings)
    return settings


@click.group(cls=_Group)
@click.version_option(package_name="kindred")
def main() -> None:
    """A customer data platform in the warehouse: build it, look into it, deliver from it."""
    gc.set_threshold(_NEW_OBJECTS)


@main.command("run")
@_people
@_seed
@_json
def run_command(people: int, seed: int, *, as_json: bool) -> None:
    """Build everything, check it, deliver, say what happened.

    Makes the demo first if there are no raw tables.
    """
    from orchestration.commands import run  # noqa: PLC0415 - each command imports what it needs

    sys.exit(run(_writing(), people, seed, as_json=as_json))


@main.command()
@click.option("--port", default=3000, show_default=True, help="Listen on this port of this machine.")
def ui(port: int) -> None:
    """Open Dagster at 127.0.0.1: the graph, runs, checks."""
    from orchestration.ui import serve  # noqa: PLC0415

    sys.exit(serve(_writing(), port))


@main.command()
@_people
@_seed
@click.option("--mess", multiple=True, metavar="NAME=RATE", help="A rate of mess, or 'none'; may be repeated.")
def demo(people: int, seed: int, mess: tuple[str, ...]) -> None:
    """Make the demo's people and load their records."""
    from orchestration.commands import make_people  # noqa: PLC0415

    make_people(_writing(), people, seed, mess)


@main.command()
def register() -> None:
    """Bring what is generated from YAML up to date.

    That is macros/registry.sql, which says what takes part in unions and joins, and the columns of `customers`.
    """
    from orchestration.registry import write_registry  # noqa: PLC0415

    changed = write_registry(Settings.from_env())
    click.echo("The registry was brought up to date." if changed else "The registry is up to date.")


@main.command("lookup")
@click.argument("identifier")
@click.option("--all", "with_all_traits", is_flag=True, help="Show the traits too that the card does not put in words.")
@_json
def lookup_command(identifier: str, *, with_all_traits: bool, as_json: bool) -> None:
    """Show a customer's card, by any identifier.

    It says who they are, their segments, what may be sent to them and why not, and where all that is known from.

    IDENTIFIER is an e-mail address, a phone number, a card, an id, as people write it; or a customer_id or a record_id.
    """
    from orchestration.commands import show_cards  # noqa: PLC0415

    show_cards(Settings.from_env(), identifier, with_all_traits=with_all_traits, as_json=as_json)


@main.command("why")
@click.argument("one")
@click.argument("other", required=False)
@_json
def why_command(one: str, other: str | None, *, as_json: bool) -> None:
    """Say why two identifiers are one customer, or not.

    Of ONE alone: how its customer hangs together.
    """
    from orchestration.commands import show_why  # noqa: PLC0415

    show_why(Settings.from_env(), one, other, as_json=as_json)


@main.command("explain")
@click.argument("customer")
@click.argument("segment")
@_json
def explain_command(customer: str, segment: str, *, as_json: bool) -> None:
    """Say why a customer is in a segment, or is not.

    Shows each clause of SEGMENT, with the values that CUSTOMER has; CUSTOMER is any identifier of theirs.
    """
    from orchestration.commands import show_explanation  # noqa: PLC0415

    show_explanation(Settings.from_env(), customer, segment, as_json=as_json)


@main.command("rehearse")
@_json
def rehearse_command(*, as_json: bool) -> None:
    """Show what edited files would merge, split and send.

    A copy of the warehouse is built anew and thrown away; nothing is sent.
    """
    from orchestration.commands import show_rehearsal  # noqa: PLC0415

    show_rehearsal(Settings.from_env(), as_json=as_json)


@main.command("results")
@_json
def results_command(*, as_json: bool) -> None:
    """Show what campaigns and audiences brought.

    Measured by those who were held out, each figure with its uncertainty.
    """
    from orchestration.commands import show_results  # noqa: PLC0415

    show_results(Settings.from_env(), as_json=as_json)


@main.command("day")
@click.argument("day")
@_json
def day_command(day: str, *, as_json: bool) -> None:
    """Build a past day again, as it was; send nothing.

    The day gets a file of its own.

    DAY is a date, of which the end is meant, or a moment in UTC: 2026-06-30, or '2026-06-30 04:00:00'.
    """
    from orchestration.commands import show_day  # noqa: PLC0415

    show_day(Settings.from_env(), day, as_json=as_json)


@main.command("match")
def match_command() -> None:
    """Compare people by likeness (the extra `fuzzy`).

    The next run links those who are alike enough.
    """
    from matching import match  # noqa: PLC0415

    click.echo(match(Settings.from_env()))


@main.command("doctor")
@_json
def doctor_command(*, as_json: bool) -> None:
    """Say what a run needs, what is missing, what to do."""
    from orchestration.commands import show_findings  # noqa: PLC0415

    sys.exit(show_findings(Settings.from_env(), as_json=as_json))


def _handed_on(verb: str, help_text: str) -> Callable[[click.Context], None]:
    """A verb of `python -m reverse_etl` under this name."""

    @main.command(verb, help=help_text, context_settings=_HANDED_ON)
    @click.pass_context
    def hand_on(ctx: click.Context) -> None:
        from orchestration.commands import deliver  # noqa: PLC0415

        deliver(Settings.from_env(), verb, ctx.args)

    return hand_on


@main.command("plan")
@click.argument("syncs", nargs=-1)
@click.option("--segment", metavar="NAME", help="Show what this segment's file as it stands now would change.")
@click.option("--save", metavar="FILE", help="Write the plans to this file, for `kindred sync --plan`.")
@_json
def plan_command(syncs: tuple[str, ...], segment: str | None, save: str | None, *, as_json: bool) -> None:
    """Show what each destination would get; send nothing.

    Of the named SYNCS, or all: how many would be added, changed and removed, whom each audience leaves out and why, and
    which guard would stop it. With --segment: what an edit would change, before the next run makes it so.
    """
    from orchestration.commands import deliver, show_preview  # noqa: PLC0415

    if not segment:
        options = (*(("--save", save) if save else ()), *(("--json",) if as_json else ()))
        return deliver(Settings.from_env(), "plan", [*options, *syncs])
    if syncs or save:
        raise click.UsageError("--segment shows every sync that it would change, and cannot be saved: name it alone.")
    return show_preview(Settings.from_env(), segment, as_json=as_json)


_handed_on("sync", "Deliver what is pending.")
_handed_on("status", "Show how each sync stands, and its last run.")
_handed_on("retry", "Let the next sync offer rejected records again.")
_handed_on("reconcile", "Read back what the destinations hold.")
_handed_on("destinations", "List the kinds of destinations, or play one here.")


if __name__ == "__main__":
    main()
