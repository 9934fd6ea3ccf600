"""The raw tables that the enabled models read, and whether the warehouse has them as the YAML declares them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse import KindredError, connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from orchestration.dbt import Manifest
    from warehouse import Settings


LOADED_AT = "_loaded_at"
"""When a row reached the warehouse: every source has it, and the models compare it, so it is a timestamp."""


@dataclass(frozen=True)
class RawTable:
    """One table of a source.

    Attributes:
        source: the system that it comes from.
        columns: the declared columns with their declared types; a type that is not declared is empty.
        read_by: a model that reads it.
        location: the call that reads its files, if it is not a table of the warehouse.
    """

    source: str
    schema: str
    name: str
    description: str
    columns: dict[str, str]
    read_by: str
    location: str = ""

    @property
    def relation(self) -> str:
        """Its name in a query."""
        return self.location or f'"{self.schema}"."{self.name}"'

    def __str__(self) -> str:
        """Its name in a sentence."""
        return f"{self.schema}.{self.name}"


def raw_tables(manifest: Manifest) -> list[RawTable]:
    """The tables that at least one enabled model reads, ordered by name."""
    readers: dict[str, str] = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] in {"model", "snapshot"}:
            readers.update(
                dict.fromkeys((one for one in node["depends_on"]["nodes"] if one.startswith("source.")), node["name"])
            )
    sources = (manifest["sources"][unique_id] | {"read_by": reader} for unique_id, reader in readers.items())
    return sorted(map(_table, sources), key=str)


def _table(source: dict[str, object]) -> RawTable:
    columns = source["columns"]
    assert isinstance(columns, dict)  # noqa: S101
    return RawTable(
        source=str(source["source_name"]),
        schema=str(source["schema"]),
        name=str(source["identifier"]),
        description=str(source["description"]),
        columns={name: str(column.get("data_type") or "") for name, column in columns.items()},
        read_by=str(source["read_by"]),
        location=_location(source),
    )


def _location(source: dict[str, object]) -> str:
    """A source of dbt-duckdb may point at files: its name in a query is then a call, and no quoted name."""
    relation = str(source["relation_name"])
    return "" if relation.startswith('"') else relation


def check_raw_tables(settings: Settings, tables: list[RawTable]) -> None:
    """Find what is missing before dbt does.

    Raises:
        KindredError: a table, a column or a declared type is not as the YAML says; names the first, and how many more.
    """
    with connect(settings, read_only=True) as connection:
        present = present_columns(connection)
        for table in tables:
            if table.location:
                present[table.schema, table.name] = _columns_of_files(connection, table)
    problems = [problem for table in tables for problem in _problems(table, present.get((table.schema, table.name)))]
    if problems:
        others = f" ({len(problems) - 1} more like it.)" if len(problems) > 1 else ""
        raise KindredError(problems[0] + others)


def _columns_of_files(connection: duckdb.DuckDBPyConnection, table: RawTable) -> dict[str, str]:
    import duckdb  # noqa: PLC0415 - only for its error

    try:
        described = connection.execute(f"describe select * from {table.location}").fetchall()
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise KindredError(
            f"The files of {table}, which {table.read_by} reads, cannot be read ({reason}): look at {table.location}."
        ) from error
    return {row[0].lower(): row[1] for row in described}


def present_columns(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], dict[str, str]]:
    """The columns of every table with their types."""
    query = "select table_schema, table_name, column_name, data_type from information_schema.columns"
    found: dict[tuple[str, str], dict[str, str]] = {}
    for schema, table, column, data_type in connection.execute(query).fetchall():
        found.setdefault((schema, table), {})[column.lower()] = data_type
    return found


def _problems(table: RawTable, present: dict[str, str] | None) -> Iterator[str]:
    if present is None:
        yield (
            f"The warehouse has no table {table}, which {table.read_by} reads: load it, or disable the models of the"
            f" source {table.source}."
        )
        return
    for column, declared in table.columns.items():
        problem = _column_problem(table, column, declared, present.get(column.lower()))
        if problem:
            yield problem


def _column_problem(table: RawTable, column: str, declared: str, found: str | None) -> str | None:
    if found is None:
        return (
            f"The table {table} has no column {column}, which {table.read_by} reads: load it, or mend the YAML of the"
            f" source {table.source}."
        )
    wanted = declared or ("TIMESTAMP" if column == LOADED_AT else "")
    if not wanted or _same_type(wanted, found):
        return None
    return (
        f"The column {column} of {table} is of type {found}, and {table.read_by} needs {wanted}: load it as such, or"
        f" mend the YAML of the source {table.source}."
    )


def _same_type(declared: str, found: str) -> bool:
    """Whether two names mean one type; with or without a time zone counts as one."""
    import duckdb  # noqa: PLC0415 - the engine knows the names of its own types

    def canonical(name: str) -> str:
        try:
            return str(duckdb.sqltype(name)).removesuffix(" WITH TIME ZONE")
        except duckdb.Error:
            return name.upper()

    return canonical(declared) == canonical(found)
