"""`kindred destinations`: which kinds of destinations there are, and those that run on this machine to try them."""

from __future__ import annotations

from contextlib import suppress

import click

from reverse_etl.destinations import KINDS
from reverse_etl.fakes import FAKES, serving

_VARIABLE = "KINDRED_FAKE_TOKEN"  # the name of a variable, no secret


@click.group("destinations", invoke_without_command=True)
@click.pass_context
def destinations_command(ctx: click.Context) -> None:
    """List the kinds of destinations, and which of them this machine can play."""
    if ctx.invoked_subcommand is None:
        for name in sorted(KINDS):
            click.echo(f"{name:<24}{f'kindred destinations serve {name}' if name in FAKES else ''}".rstrip())


@destinations_command.command("serve")
@click.argument("name", type=click.Choice(sorted(FAKES)))
@click.option("--port", default=0, help="Listen on this port of this machine; by default on a free one.")
def serve_command(name: str, port: int) -> None:
    """Play a destination on this machine, with its limits and its ways to answer; it forgets everything at its end."""
    fake = FAKES[name]()
    with suppress(KeyboardInterrupt), serving(fake, port) as running:
        click.echo(f"{name} listens on {running.url}; stop with Ctrl-C. For destinations.toml:\n")
        click.echo(f'[{name}_here]\ntype = "{name}"\nbase_url = "{running.url}"\ntoken_env = "{_VARIABLE}"\n')
        click.echo(f"and in the environment:\n\nexport {_VARIABLE}='{fake.token}'")
        running.wait()
    click.echo("Stopped.")
