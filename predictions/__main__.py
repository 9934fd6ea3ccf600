"""`python -m predictions`: fit what is due after a build, and show how well it did; the next build scores with it."""

from __future__ import annotations

import argparse
import json
import sys

from rich.console import Console

from predictions import refresh, render, report
from warehouse import KindredError, Settings, connect


def main() -> int:
    """Fit, and print the back-test.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(prog="python -m predictions", description=__doc__)
    parser.add_argument("--refit", action="store_true", help="fit again although the parameters are still good")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    try:
        _run(Settings.from_env(), refit=options.refit, as_json=options.json)
    except KindredError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _run(settings: Settings, *, refit: bool, as_json: bool) -> None:
    refreshed = refresh(settings, asked=refit)
    with connect(settings, read_only=True) as connection:
        found = report(connection)
    if as_json:
        print(json.dumps({"fitted": refreshed.causes, **found}, default=str, indent=2))
        return
    console = Console()
    for table in render(found):
        console.print(table)
    console.print(str(refreshed))


if __name__ == "__main__":
    sys.exit(main())
