"""`python -m expectations`: judge what stands in the warehouse and open, or close, the gates of the syncs."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from expectations import (
    check_dbt_tests,
    check_suite,
    forget_history,
    latest_run_results,
    page_of,
    steps_before,
    suite_names,
)
from warehouse import KindredError, Settings


@click.command(help=__doc__)
@click.option("--run-results", type=click.Path(path_type=Path), help="dbt's run_results.json; by default the newest.")
@click.option("--forget", is_flag=True, help="Compare with no earlier build: a change of size is right this once.")
def main(run_results: Path | None, *, forget: bool) -> None:
    """Print one line a gate; exit with 1 if one is closed."""
    settings = Settings.from_env()
    try:
        if forget:
            forget_history(settings)
        passed = _check(settings, run_results or latest_run_results(settings))
    except KindredError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    sys.exit(0 if passed else 1)


def _check(settings: Settings, run_results: Path) -> bool:
    tests = check_dbt_tests(settings, run_results, steps_before(run_results))
    lines = [("dbt_tests", tests.passed, tests.detail)] if tests else []
    for name in suite_names():
        result = check_suite(settings, name)
        lines.append((name, result.passed, f"{result.summary} ({page_of(settings, name)})"))
    for gate, passed, detail in lines:
        click.echo(f"{'passed' if passed else 'FAILED':7} {gate:10} {detail}")
    return all(passed for _, passed, _ in lines)


if __name__ == "__main__":
    main()
