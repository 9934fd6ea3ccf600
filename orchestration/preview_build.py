"""Build an edited segment and what follows from it in memory, on top of the warehouse as it stands.

dbt compiles against a skeleton, a file with the warehouse's tables and none of their rows, so that an incremental model
compiles to what it would do on the standing table. The queries then run in a database in memory, which reads everything
that is not built anew from the warehouse. So the warehouse is read and nothing is written to it.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.dbt import Dbt
from orchestration.failures import sentence_of
from warehouse import KindredError, connect, describe_failure, exclusive, shared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from warehouse import Settings

STANDING = "kindred"
BUILT = "memory"
_DECLARED = ("syncs", "sync_purposes", "segment_settings")
"""Tables that only say what the project's YAML says: they are as the files are."""


@dataclass(frozen=True)
class Model:
    """One compiled model.

    Attributes:
        unique_id: dbt's name for it.
        schema, table: where it goes.
        sql: its query.
        kind: how dbt materializes it.
        key: the unique key of an incremental model; none if it appends.
        parents: dbt's names of what it reads.
    """

    unique_id: str
    schema: str
    table: str
    sql: str
    kind: str
    key: tuple[str, ...]
    parents: frozenset[str]


@contextmanager
def room(settings: Settings) -> Iterator[Settings]:
    """A home for the skeleton and dbt's artifacts; one preview at a time. It holds no row of anybody's."""
    folder = settings.home / "preview"
    with exclusive(replace(settings, home=folder)):
        yield replace(settings, home=folder / "home")


def compile_models(settings: Settings, aside: Settings, segment: str, as_of: str) -> list[Model]:
    """The segment and whatever up to the pending records follows from it, compiled as the files stand now.

    Args:
        settings: where the warehouse is.
        aside: a home of its own, as `room` gives it.
        segment: the edited segment.
        as_of: the moment that the standing build looks back from.

    Raises:
        KindredError: dbt cannot read or compile the project.
    """
    _write_skeleton(settings, aside)
    dbt = Dbt(aside, as_of)
    dbt.install_packages()
    selection = [f"{one}+,+pending_records" for one in (segment, *_DECLARED)]
    result = dbt.invoke("compile", "--select", segment, *selection)
    if failure := sentence_of(result, dbt):
        raise KindredError(failure)
    nodes = [one.node for one in getattr(result.result, "results", None) or []]
    models = {node.unique_id: _model(node) for node in nodes if node.resource_type == "model"}
    order = TopologicalSorter({name: one.parents & models.keys() for name, one in models.items()}).static_order()
    return [models[name] for name in order]


def _model(node: Any) -> Model:
    key = node.config.unique_key or ()
    return Model(
        node.unique_id, node.schema, node.alias, node.compiled_code, node.config.materialized,
        (key,) if isinstance(key, str) else tuple(key), frozenset(node.depends_on.nodes),
    )  # fmt: skip


def _write_skeleton(settings: Settings, aside: Settings) -> None:
    """The warehouse's tables without rows; views are tables there, which compile to the same."""
    for path in aside.home.glob(f"{aside.database.name}*"):
        path.unlink()
    with connect(settings, read_only=True) as connection:
        found = connection.execute(_COLUMNS).fetchall()
    with connect(aside) as connection:
        for schema in dict.fromkeys(schema for schema, _, _ in found):
            connection.execute(f'create schema if not exists "{schema}"')
        for schema, table, columns in found:
            connection.execute(f'create table "{schema}"."{table}" ({columns})')


@contextmanager
def beside(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory, with the warehouse attached to be read.

    Raises:
        KindredError: the warehouse cannot be opened.
    """
    with shared(settings), duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute("set enable_progress_bar = false")
        try:
            connection.execute(f"attach '{settings.database}' as {STANDING} (read_only)")
        except duckdb.Error as error:
            raise KindredError(describe_failure(error, settings)) from error
        yield connection


def build(connection: duckdb.DuckDBPyConnection, models: list[Model], edited: Model) -> None:
    """Build the models in memory, and show everything else through to the warehouse.

    Args:
        connection: as `beside` gives it.
        models: in the order in which they can be built.
        edited: the one of them that is the segment, which is to blame for its own query only.

    Raises:
        KindredError: a model's query fails on the warehouse as it stands.
    """
    standing = set(connection.execute(_TABLES).fetchall())
    built = {(one.schema, one.table) for one in models}
    for schema in {schema for schema, _ in standing | built}:
        connection.execute(f'create schema if not exists {BUILT}."{schema}"')
    for schema, table in sorted(standing - built):
        connection.execute(f'create view {BUILT}."{schema}"."{table}" as from {STANDING}."{schema}"."{table}"')
    for model in models:
        try:
            _build_one(connection, model, models, is_standing=(model.schema, model.table) in standing)
        except duckdb.Error as error:
            raise KindredError(_complaint(model, edited, error)) from error


def _build_one(connection: duckdb.DuckDBPyConnection, model: Model, models: list[Model], *, is_standing: bool) -> None:
    sql = model.sql
    for one in models:
        sql = sql.replace(_quoted(STANDING, one), _quoted(BUILT, one))
    target = _quoted(BUILT, model)
    if model.kind != "incremental" or not is_standing:
        connection.execute(f"create {'view' if model.kind == 'view' else 'table'} {target} as {sql}")
        return
    connection.execute(f"create table {target} as from {_quoted(STANDING, model)}")
    connection.execute(f"create temp table fresh as {sql}")
    if model.key:
        key = ", ".join(model.key)
        connection.execute(f"delete from {target} where ({key}) in (select ({key}) from fresh)")
    connection.execute(f"insert into {target} by name from fresh")
    connection.execute("drop table fresh")


def _quoted(database: str, model: Model) -> str:
    return f'"{database}"."{model.schema}"."{model.table}"'


def _complaint(model: Model, edited: Model, error: duckdb.Error) -> str:
    reason = " ".join(line.strip() for line in str(error).splitlines()[:2] if line.strip() and "LINE" not in line)
    advice = (
        "mend its SQL; or, if it reads a trait that is new, `kindred run` has to build that first"
        if model is edited
        else "more than the segment was edited since the last build, and `kindred run` has to build that first"
    )
    return f"{model.table} cannot be built from the warehouse as it stands ({reason}): {advice}."


_COLUMNS = """
select schema_name, table_name, string_agg('"' || column_name || '" ' || data_type, ', ' order by column_index)
from duckdb_columns()
where database_name = current_database() and not internal and schema_name not in ('raw', 'truth', 'main')
group by all
"""
_TABLES = f"""
select schema_name, table_name from duckdb_tables() where database_name = '{STANDING}'
union all
select schema_name, view_name from duckdb_views() where database_name = '{STANDING}' and not internal
"""
