"""The one way to run the suites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from expectations import customers, outgoing
from expectations._evaluate import evaluate
from expectations._frames import load
from expectations._history import keep, read
from expectations._page import write_page
from expectations._results import SuiteResult
from warehouse import connect

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb
    import pandas as pd

    from expectations._suite import Suite
    from warehouse import Settings

SUITES = {suite.name: suite for suite in (customers.SUITE, outgoing.SUITE)}


@dataclass(frozen=True)
class _Loaded:
    suite: Suite
    frames: dict[str, pd.DataFrame]
    as_of: str


def run_suites(settings: Settings, build: str, names: Sequence[str] = tuple(SUITES)) -> list[SuiteResult]:
    """Evaluate suites, write their page, and remember what a build that passed measured.

    Args:
        settings: where the warehouse is.
        build: the build that is looked at, as `desired_records` names it.
        names: which suites, by default all.

    Raises:
        KindredError: there is no warehouse, or a table that a suite needs is missing.
    """
    with connect(settings, read_only=True) as connection:
        loaded = [_load(connection, SUITES[name]) for name in names]
    results = [_evaluated(settings, one, build) for one in loaded]
    for one, result in zip(loaded, results, strict=True):
        keep(settings, result, one.as_of)
    write_page(settings, results)
    return results


def _load(connection: duckdb.DuckDBPyConnection, suite: Suite) -> _Loaded:
    frames = {frame.name: load(connection, frame) for frame in suite.frames}
    row = connection.execute(suite.as_of).fetchone()
    return _Loaded(suite, frames, str(row[0]) if row and row[0] else "")


def _evaluated(settings: Settings, loaded: _Loaded, build: str) -> SuiteResult:
    suite = loaded.suite
    expected = suite.expected(read(settings, suite.name, build, loaded.as_of))
    found = [
        result
        for frame in suite.frames
        for result in evaluate(frame.name, loaded.frames[frame.name], frame.key, expected[frame.name])
    ]
    ordered = tuple(sorted(found, key=lambda result: (not result.blocks, result.passed)))
    return SuiteResult(suite.name, build, ordered, suite.measures(loaded.frames))
