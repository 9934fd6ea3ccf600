"""The warehouse as this package sees it: a few relations of `activation` and `consent`, through ibis.

Nothing here knows an engine but `append`, which hands Arrow data to DuckDB.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import ibis
from ibis.common.exceptions import TableNotFound

from warehouse import KindredError, connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import duckdb
    import pyarrow as pa

    from warehouse import Settings

_NUMBERS: Final = count()
_ROWS_AT_ONCE: Final = 20_000


@dataclass(frozen=True)
class Sync:
    """One line of `activation.syncs` with its purposes; a limit that is None was not set, and its guard trips.

    Attributes:
        columns: the payload's fields, in the order of the sync model's columns; a payload need not hold them all.
    """

    sync: str
    destination: str
    segment: str
    mode: str
    key_type: str
    channel: str | None
    recipient: str | None
    max_removal_share: float | None
    max_removals: int | None
    max_size_change: float | None
    max_age_hours: float | None
    columns: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tables:
    """The relations, by name; each is described once, because describing a view plans it."""

    backend: Any
    known: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False)

    @classmethod
    def on(cls, connection: duckdb.DuckDBPyConnection) -> Tables:
        """The relations of an open warehouse."""
        return cls(ibis.duckdb.from_connection(connection))

    def beside(self) -> Tables:
        """The same relations, for another thread to ask about; they are open as long as these are."""
        return Tables.on(self.backend.con.cursor())

    def table(self, name: str, schema: str = "activation") -> Any:
        """One relation.

        Raises:
            KindredError: it is not there.
        """
        if (schema, name) not in self.known:
            try:
                self.known[schema, name] = self.backend.table(name, database=schema)
            except TableNotFound:
                raise KindredError(f"The warehouse has no table {schema}.{name}: run `kindred run` first.") from None
        return self.known[schema, name]

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What is made when it is asked for the first time."""
        if ("made", name) not in self.known:
            self.known["made", name] = make()
        return self.known["made", name]

    def copied(self, name: str, expression: Any) -> Any:
        """The rows of an expression in a table of this connection."""
        # Whoever plans twice on one connection asks twice: each asking has a table of its own.
        return self.backend.create_table(f"{name} {next(_NUMBERS)}", obj=expression, temp=True)

    def rows(self, expression: Any) -> list[dict[str, Any]]:
        """A small result."""
        found: list[dict[str, Any]] = self.backend.to_pyarrow(expression).to_pylist()
        return found

    def value(self, expression: Any) -> Any:
        """A result of one value."""
        return self.backend.to_pyarrow(expression).as_py()

    def stream(self, expression: Any) -> Iterator[pa.RecordBatch]:
        """A large result, some rows at a time; nothing else may be asked meanwhile."""
        yield from self.backend.to_pyarrow_batches(expression, chunk_size=_ROWS_AT_ONCE)

    def append(
        self, name: str, rows: pa.RecordBatchReader, columns: str = "*", values: Mapping[str, object] | None = None
    ) -> None:
        """Append rows in one statement, as they come: all of them or none.

        Args:
            name: the table.
            rows: with columns of the table, or with what `columns` makes them of.
            columns: what follows `select`.
            values: what it names as `$name`.
        """
        # An ibis memtable would stay registered, and its rows in memory, for the life of the connection.
        self.backend.con.register("kindred_appended", rows)
        try:
            self.backend.con.execute(
                f'insert into activation."{name}" by name select {columns} from kindred_appended', values
            )
        finally:
            self.backend.con.unregister("kindred_appended")


def load_syncs(tables: Tables, names: tuple[str, ...] = ()) -> list[Sync]:
    """The named syncs, or all, ordered by name.

    Raises:
        KindredError: there is no such sync; names every one that is unknown.
    """
    purposes = tables.rows(tables.table("sync_purposes").order_by("purpose"))
    found = {row["sync"]: _sync(row, purposes) for row in tables.rows(tables.table("syncs").order_by("sync"))}
    unknown = [name for name in names if name not in found]
    if unknown:
        raise KindredError(_no_sync(unknown, list(found.values())))
    return [found[name] for name in dict.fromkeys(names)] if names else list(found.values())


def _no_sync(unknown: list[str], syncs: list[Sync]) -> str:
    are_segments = {sync.segment for sync in syncs}.issuperset(unknown)
    meant = [sync.sync for sync in syncs if are_segments and sync.segment in unknown]
    there_are = "the segment goes out as" if meant else "there are:"
    known = ", ".join(meant or [sync.sync for sync in syncs]) or "none"
    return f"There is no sync {', '.join(unknown)} in the warehouse; {there_are} {known}."


def syncs_of(settings: Settings, names: tuple[str, ...] = ()) -> list[Sync]:
    """`load_syncs` of a warehouse that is opened for it.

    Raises:
        KindredError: there is no warehouse, no such sync, or a table is missing.
    """
    with connect(settings, read_only=True) as connection:
        return load_syncs(Tables.on(connection), names)


def _sync(row: Mapping[str, Any], purposes: list[dict[str, Any]]) -> Sync:
    limits = {name: row[name] for name in ("max_removal_share", "max_size_change", "max_age_hours")}
    return Sync(
        sync=row["sync"],
        destination=row["destination"],
        segment=row["segment"],
        mode=row["mode"],
        key_type=row["key_type"],
        channel=row["channel"],
        recipient=row["recipient"],
        max_removals=row["max_removals"],
        columns=tuple(filter(None, row["payload_fields"].split(","))),
        purposes=tuple(one["purpose"] for one in purposes if one["sync"] == row["sync"]),
        **{name: None if value is None else float(value) for name, value in limits.items()},
    )
