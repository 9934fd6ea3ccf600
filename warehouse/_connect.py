"""Open the warehouse, and turn the engine's complaints into one clear sentence."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from warehouse._errors import KindredError
from warehouse._gate import WAIT_SECONDS, exclusive, shared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from warehouse._settings import Settings


@contextmanager
def connect(
    settings: Settings, *, read_only: bool = False, wait_seconds: float = WAIT_SECONDS
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the database in this process's turn, and close it again.

    Args:
        settings: where the database is.
        read_only: share the database with other readers instead of holding it alone.
        wait_seconds: how long to wait for a turn.

    Raises:
        KindredError: there is no database to read, it cannot be read, or somebody else holds it.
    """
    if read_only and not settings.database.exists():
        raise KindredError(f"There is no warehouse at {settings.database} yet: run `kindred run` first.")
    gate = shared if read_only else exclusive
    with gate(settings, wait_seconds):
        connection = _open(settings, read_only=read_only)
        try:
            yield connection
        finally:
            connection.close()


def _open(settings: Settings, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    try:
        connection = duckdb.connect(str(settings.database), read_only=read_only)
        connection.execute("set timezone = 'UTC'")
        connection.execute("set enable_progress_bar = false")  # DuckDB draws it on the standard output, into answers
    except duckdb.Error as error:
        raise KindredError(describe_failure(error, settings)) from error
    return connection


def describe_failure(error: Exception, settings: Settings) -> str:
    """One sentence about why the database cannot be opened."""
    text = str(error)
    if "lock" in text.lower():
        return (
            f"Another program holds the warehouse {settings.database} open (a database browser or a bare dbt run?): "
            "close it and run this again."
        )
    return f"The warehouse {settings.database} cannot be opened ({text.splitlines()[0]}): move it away or restore it."
