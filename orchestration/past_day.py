"""`kindred day`: build a past day again, as it was, into a file of its own.

The warehouse is only read. An empty one is made beside it, with the raw tables and with the ledgers, those models that
outlive a rebuild, as they stood at that moment; dbt builds everything but `activation` in it, with `as_of` and
`known_at` set to the moment; and the tables of the layers become the day's file. Nothing can be sent from there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import duckdb

from orchestration.days import file_of_day, folder_of_days
from orchestration.dbt import Dbt
from orchestration.dbt_events import build_without_tests
from orchestration.past_rows import (
    LAYERS,
    copy_ledger,
    copy_raw,
    is_of_a_day,
    is_of_a_layer,
    ledgers,
    models_of,
    refuse_before_first_load,
    tables_in,
)
from orchestration.raw_tables import check_raw_tables, raw_tables
from orchestration.registry import CORE, write_registry
from warehouse import KindredError, Settings, connect, exclusive, shared

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.days import Day
    from orchestration.dbt import Manifest
    from orchestration.progress import Reporter

_SELECTION = ("--select", *(f"+{CORE}.{layer}" for layer in LAYERS))


@dataclass(frozen=True)
class BuiltDay:
    """A day that was built.

    Attributes:
        file: a DuckDB file with the tables of that day, in the schemas that they have in the warehouse.
        as_of: the moment that it looks back from, as UTC text.
        customers: how many there were.
        segments: each segment with its number of members, by name.
    """

    file: Path
    as_of: str
    customers: int
    segments: dict[str, int]


def build_day(settings: Settings, day: Day, reporter: Reporter) -> BuiltDay:
    """Build a past day; a file of it that is there already is replaced when the new one is whole.

    Args:
        settings: where warehouse and project are; the warehouse is not written to.
        day: which one.
        reporter: told what is being done.

    Raises:
        KindredError: nothing had been loaded by then, a source or ledger cannot be wound back, or dbt cannot build it.
    """
    write_registry(settings)
    folder = folder_of_days(settings)
    with exclusive(replace(settings, home=folder)):  # one at a time
        apart = replace(settings, home=folder / "building")
        _remove_what_is_half_done(apart)
        try:
            return _build(settings, apart, day, reporter)
        except duckdb.IOException as error:
            raise KindredError(
                f"The day cannot be written to {folder} ({error}): make room, or mend the disk."
            ) from error
        finally:
            _remove_what_is_half_done(apart)


def _build(settings: Settings, apart: Settings, day: Day, reporter: Reporter) -> BuiltDay:
    dbt = Dbt(apart, as_of=day.text, known_at=day.text)
    reporter.phase("Reading the project")
    manifest = dbt.manifest()
    tables = raw_tables(manifest)
    check_raw_tables(settings, tables)
    reporter.phase(f"Taking what was known at {day.text} out of the warehouse")
    with connect(apart) as connection, shared(settings):
        connection.execute(f"attach {_quoted(settings.database)} as warehouse (read_only)")
        refuse_before_first_load(connection, tables, day)
        copy_raw(connection, tables)
        for ledger in ledgers(manifest):
            copy_ledger(connection, ledger, day)
    reporter.phase("Building the day")
    build_without_tests(dbt, _SELECTION, manifest, reporter)
    reporter.phase("Writing its file")
    return _publish(settings, apart, manifest, day)


def _publish(settings: Settings, apart: Settings, manifest: Manifest, day: Day) -> BuiltDay:
    """The layers' tables and views, all as tables, in a new file that appears when it is whole."""
    part = folder_of_days(settings) / f".{day.name}.part"
    with connect(apart) as connection:
        connection.execute(f"attach {_quoted(part)} as day")
        connection.execute(f"create table day.day as select timestamp '{day.text}' as as_of")
        for schema, name in _published(connection, manifest):
            connection.execute(f'create schema if not exists day."{schema}"')
            connection.execute(f'create table day."{schema}"."{name}" as from "{schema}"."{name}"')
        [(customers,)] = connection.execute("select count(*) from customer_360.customers").fetchall()
        segments = connection.execute(
            "select segment, count(*) from segments.segment_memberships group by segment order by segment"
        ).fetchall()
        connection.execute("detach day")
    return BuiltDay(part.replace(file_of_day(settings, day)), day.text, customers, dict(segments))


def _published(connection: duckdb.DuckDBPyConnection, manifest: Manifest) -> list[tuple[str, str]]:
    schemas = {node["schema"] for node in models_of(manifest) if is_of_a_layer(node)}
    models = [node for node in models_of(manifest) if is_of_a_day(node)]
    named = {(node["schema"], node["alias"]) for node in models if node["schema"] in schemas}
    return sorted(named & {(schema, name) for _, schema, name in tables_in(connection)})


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _remove_what_is_half_done(apart: Settings) -> None:
    """It holds personal data; what dbt made of the project's text may stay and makes the next time quicker."""
    for path in (*apart.home.glob(f"{apart.database.name}*"), *apart.home.parent.glob(".*.part*")):
        path.unlink()
