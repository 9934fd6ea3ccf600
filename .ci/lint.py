"""sqlfluff that seldom looks for garbage: dbt's project is a million objects, and half its time went through them."""

# ruff: noqa: INP001 - a script
import gc

from sqlfluff.cli.commands import cli

gc.set_threshold(1_000_000, 5, 5)  # the processes that lint import this file too

if __name__ == "__main__":
    cli()
