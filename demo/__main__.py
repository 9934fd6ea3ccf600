"""`python -m demo`: make people and load them into the warehouse."""

from __future__ import annotations

import sys

import click

from demo import DemoOptions, Mess, extend, generate, load
from warehouse import KindredError, Settings


@click.command()
@click.option("--people", default=20_000, show_default=True, help="How many true people.")
@click.option("--seed", default=7, show_default=True, help="The same seed gives the same files.")
@click.option("--mess", multiple=True, metavar="NAME=RATE", help="A rate of mess, or 'none'; may be repeated.")
@click.option("--days", default=0, metavar="N", help="Let the same people live N days longer, and load those.")
@click.option("--force", is_flag=True, help="Generate even if the same is there already.")
def main(*, people: int, seed: int, mess: tuple[str, ...], days: int, force: bool) -> None:
    """Make people with known truth, and load what the sources recorded of them."""
    try:
        options = DemoOptions(people=people, seed=seed, mess=Mess.parse(mess))
        settings = Settings.from_env()
        generation = generate(settings, options, force=force)
        if days:
            generation = extend(settings, days)
        loaded = load(settings)
    except KindredError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    made = "made" if generation.is_new else "were made before"
    print(f"{people:,} people {made} (seed {seed}); {len(loaded.changed)} tables loaded:")
    for table, rows in loaded.rows.items():
        print(f"  {table:<22}{rows:>12,}")
    print(f"  {'all rows':<22}{sum(loaded.rows.values()):>12,}")


if __name__ == "__main__":
    main()
