"""`kindred destinations`: which kinds of destinations there are, and those that run on this machine to try them."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

import click

from reverse_etl._config import load_destinations, needed
from reverse_etl.destinations import KINDS
from reverse_etl.fakes import FAKES, serving
from warehouse import Settings
from warehouse.page import Sheet, page

if TYPE_CHECKING:
    from pathlib import Path

_COLUMNS = ("type", "is", "needs in destinations.toml", "can be played")
_VARIABLE = "KINDRED_FAKE_TOKEN"  # the name of a variable, no secret


@click.group("destinations", invoke_without_command=True)
@click.pass_context
def destinations_command(ctx: click.Context) -> None:
    """List the kinds of destinations, those that this project has, and how to play one on this machine."""
    if ctx.invoked_subcommand is None:
        page().print(_kinds(), highlight=False)
        click.echo("\n`kindred destinations serve TYPE` plays one on this machine, to try it without an account.")
        click.echo(_configured(Settings.from_env().destinations))


def _kinds() -> Sheet:
    sheet = Sheet(_COLUMNS, text=_COLUMNS)
    for name, kind in sorted(KINDS.items()):
        what, _, _ = str(import_module(f"reverse_etl.destinations.{name}").__doc__).partition(":")
        sheet.add_row(name, what.partition(",")[0], ", ".join(needed(kind)), "yes" if name in FAKES else "")
    return sheet


def _configured(path: Path) -> str:
    """Those of destinations.toml in a sentence."""
    types = {id(kind): name for name, kind in KINDS.items()}
    found = [f"{name} ({types[id(one.kind)]})" for name, one in sorted(load_destinations(path).items())]
    return f"{path} has {', '.join(found)}." if found else f"{path} has none yet: docs/destinations.md says how."


@destinations_command.command("serve")
@click.argument("name", type=click.Choice(sorted(FAKES)), metavar="NAME")
@click.option("--port", default=0, help="Listen on this port of this machine; by default on a free one.")
def serve_command(name: str, port: int) -> None:
    """Play a destination on this machine.

    It keeps to the vendor's limits and answers in the vendor's ways, and forgets everything at its end. NAME is a type
    that `kindred destinations` says can be played.
    """
    fake = FAKES[name]()
    with suppress(KeyboardInterrupt), serving(fake, port) as running:
        click.echo(f"{name} listens on {running.url}; stop with Ctrl-C. For destinations.toml:\n")
        click.echo(f'[{name}_here]\ntype = "{name}"\nbase_url = "{running.url}"\ntoken_env = "{_VARIABLE}"\n')
        click.echo(f"and in the environment:\n\nexport {_VARIABLE}='{fake.token}'")
        running.wait()
    click.echo("Stopped.")
