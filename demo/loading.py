"""Load what was generated into the warehouse: schema `raw`, and schema `truth`, which no model reads.

One transaction does it all. `raw._loads` remembers each file by the hash of its content: a table whose files all
stand is left alone, one that only gained files is appended to, any other is made anew.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from demo.files import SourceTable, check, source_tables, unreadable
from warehouse import connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from warehouse import Settings

_MEMORY = "1GB"
"""Without a limit the engine's cache grows with the files; with it a million people load in the same memory."""
_LOADS = """
create table if not exists raw._loads (
    schema_name varchar, table_name varchar, file varchar, fingerprint varchar, rows bigint, loaded_at timestamp
)
"""


@dataclass(frozen=True)
class Load:
    """What a load did.

    Attributes:
        rows: the rows that each raw table holds now.
        changed: the tables that were written, `raw.…` or `truth.…`.
    """

    rows: dict[str, int]
    changed: tuple[str, ...]


@dataclass(frozen=True)
class _Plan:
    """The files of one table that are to be loaded, and whether the table is made anew."""

    table: SourceTable
    files: tuple[Path, ...]
    anew: bool


def load(settings: Settings) -> Load:
    """Bring the tables of the warehouse in line with the files under `settings.raw`.

    Args:
        settings: where the files and the warehouse are.

    Raises:
        KindredError: a table has no file, a file cannot be read, or a column is missing; nothing was loaded then.
    """
    tables = source_tables(settings.raw)
    prints = {file: _fingerprint(file) for table in tables for file in table.files}
    with connect(settings) as connection, _transaction(connection):
        connection.execute(f"set memory_limit = '{_MEMORY}'")
        for schema in ("raw", "truth"):
            connection.execute(f"create schema if not exists {schema}")
        connection.execute(_LOADS)
        plans = [plan for table in tables if (plan := _plan(connection, table, prints))]
        for plan in plans:
            check(plan.table, plan.files)
            _load_table(connection, plan, prints)
        rows = {t.name: _count(connection, t) for t in tables if t.schema == "raw"}
    return Load(rows, tuple(f"{plan.table.schema}.{plan.table.name}" for plan in plans))


@contextmanager
def _transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All or nothing."""
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def _fingerprint(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise unreadable(file, error) from error


def _plan(connection: duckdb.DuckDBPyConnection, table: SourceTable, prints: dict[Path, str]) -> _Plan | None:
    query = "select file, fingerprint from raw._loads where schema_name = ? and table_name = ?"
    known = dict(connection.execute(query, [table.schema, table.name]).fetchall())
    now = {file.name: prints[file] for file in table.files}
    if not _exists(connection, table):
        return _Plan(table, table.files, anew=True)
    if now == known:
        return None
    if known and known.items() <= now.items():
        return _Plan(table, tuple(file for file in table.files if file.name not in known), anew=False)
    return _Plan(table, table.files, anew=True)


def _exists(connection: duckdb.DuckDBPyConnection, table: SourceTable) -> bool:
    query = "select count(*) from information_schema.tables where table_schema = ? and table_name = ?"
    return connection.execute(query, [table.schema, table.name]).fetchall() != [(0,)]


def _load_table(connection: duckdb.DuckDBPyConnection, plan: _Plan, prints: dict[Path, str]) -> None:
    table = plan.table
    if plan.anew:
        columns = ", ".join(f"{name} {kind}" for name, kind in table.columns.items())
        connection.execute(f"create or replace table {table.schema}.{table.name} ({columns})")
        connection.execute(
            "delete from raw._loads where schema_name = ? and table_name = ?", [table.schema, table.name]
        )
    casts = ", ".join(f"cast({name} as {kind})" for name, kind in table.columns.items())
    for file in plan.files:
        try:
            connection.execute(
                f"insert into {table.schema}.{table.name} select {casts} from read_parquet(?)", [str(file)]
            )
        except duckdb.Error as error:
            raise unreadable(file, error) from error
        connection.execute(
            "insert into raw._loads select ?, ?, ?, ?, (select num_rows from parquet_file_metadata(?)), "
            "cast(current_timestamp as timestamp)",
            [table.schema, table.name, file.name, prints[file], str(file)],
        )


def _count(connection: duckdb.DuckDBPyConnection, table: SourceTable) -> int:
    rows = connection.execute(f"select count(*) from {table.schema}.{table.name}").fetchall()
    return int(rows[0][0])
