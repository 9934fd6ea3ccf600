"""The raw tables that the enabled models read, and whether the warehouse has them as the YAML declares them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse import KindredError, connect

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

    from orchestration.dbt import Manifest
    from warehouse import Settings


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


def _problems(table: RawTable, present: dict[str, str] | None) -> Iterable[str]:
    if present is None:
        yield (
            f"The warehouse has no table {table}, which {table.read_by} reads: load it, or disable the models of the"
            f" source {table.source}."
        )
        return
    for column, declared in table.columns.items():
        found = present.get(column.lower())
        if found is None:
            yield (
                f"The table {table} has no column {column}, which {table.read_by} reads: load it, or mend the YAML of"
                f" the source {table.source}."
            )
        elif declared and not _same_type(declared, found):
            yield (
                f"The column {column} of {table} is of type {found}, and the source {table.source} declares {declared}:"
                " load it as declared, or mend the YAML."
            )


def _same_type(declared: str, found: str) -> bool:
    import duckdb  # noqa: PLC0415 - the engine knows the names of its own types

    try:
        return str(duckdb.sqltype(declared)) == str(duckdb.sqltype(found))
    except duckdb.Error:
        return declared.upper() == found.upper()
