"""What a past day is built from: the raw tables and the ledgers, taken out of the warehouse.

How a ledger is wound back its own YAML says, in `meta: {ledger: {keep: ..., reopen: ...}}`: which rows stood, and which
ends were not known yet. The warehouse is attached as `warehouse`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.build_order import depth
from orchestration.raw_tables import LOADED_AT, RawTable, present_columns
from orchestration.registry import CORE
from warehouse import KindredError

if TYPE_CHECKING:
    from orchestration.days import Day
    from orchestration.dbt import Manifest

LAYERS = ("identity", "customer_360", "segments", "consent")


def refuse_before_first_load(connection: duckdb.DuckDBPyConnection, tables: list[RawTable], day: Day) -> None:
    """Say so where the day is too early.

    Raises:
        KindredError: not one row had been loaded by then.
    """
    present = present_columns(connection)
    loaded = " union all ".join(
        f"select min({LOADED_AT}) as first from warehouse.{table.relation}"
        for table in tables
        if LOADED_AT in present.get((table.schema, table.name), ())
    )
    if not loaded:  # files only
        return
    [(first,)] = connection.execute(f"select cast(min(first) as timestamp) from ({loaded})").fetchall()
    if first and first >= day.as_of:
        raise KindredError(f"Nothing had been loaded by {day.text}: the first row came at {first:%Y-%m-%d %H:%M:%S}.")


def copy_raw(connection: duckdb.DuckDBPyConnection, tables: list[RawTable]) -> None:
    """Whole: which of their rows were known then the models' `known_at` says, on every engine."""
    for table in tables:
        if not table.location:
            connection.execute(f'create schema if not exists "{table.schema}"')
            connection.execute(f"create table {table.relation} as from warehouse.{table.relation}")


def ledgers(manifest: Manifest) -> list[dict[str, Any]]:
    """The models that a day needs and that outlive a rebuild, parents first.

    Raises:
        KindredError: one does not say how it stood on a past day.
    """
    nodes = [manifest["nodes"][one] for one in _needed(manifest)]
    found = [node for node in nodes if node["config"].get("full_refresh") is False]
    for node in found:
        if "keep" not in node["config"]["meta"].get("ledger", {}):
            raise KindredError(
                f"The model {node['name']} outlives a rebuild and does not say how it stood on a past day: add"
                " `meta: {ledger: {keep: <condition>}}` to its YAML."
            )
    return sorted(found, key=lambda node: (depth(manifest, node["unique_id"]), node["unique_id"]))


def _needed(manifest: Manifest) -> set[str]:
    """What dbt's selection comes to: the models of the layers, and all that they are made of."""
    seen, waiting = set[str](), [one["unique_id"] for one in models_of(manifest) if is_of_a_layer(one)]
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting.extend(manifest["parent_map"].get(one, []))
    return seen & {one["unique_id"] for one in models_of(manifest)}


def models_of(manifest: Manifest) -> list[dict[str, Any]]:
    """Every model's node."""
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def is_of_a_layer(node: dict[str, Any]) -> bool:
    """Whether the model is one of those that a day consists of."""
    return bool(node["fqn"][0] == CORE and node["fqn"][1] in LAYERS)


def is_of_a_day(node: dict[str, Any]) -> bool:
    """Whether it says something of a day: not a ledger of the builds themselves, nor what says `past_day: false`."""
    meta = node["config"]["meta"]
    return bool(meta.get("past_day", True) and meta.get("ledger", {}).get("keep") != "false")


def copy_ledger(connection: duckdb.DuckDBPyConnection, node: dict[str, Any], day: Day) -> None:
    """The rows that stood at that moment, with the ends that were known; nothing if the ledger was not there yet.

    Raises:
        KindredError: it has not the columns that its YAML names.
    """
    schema, name, says = node["schema"], node["alias"], node["config"]["meta"]["ledger"]
    if ("warehouse", schema, name) not in tables_in(connection):
        return
    ends = ", ".join(
        f"case when not coalesce({unknown}, false) then {column} end as {column}"
        for column, unknown in says.get("reopen", {}).items()
    )
    columns = f"ledger.* replace ({ends})" if ends else "ledger.*"
    horizon = f"(select timestamp '{day.text}' as as_of, timestamp '{day.text}' as known_at)"
    try:
        connection.execute(f'create schema if not exists "{schema}"')
        connection.execute(
            f'create table "{schema}"."{name}" as select {columns} '
            f'from warehouse."{schema}"."{name}" as ledger cross join {horizon} as horizon where {says["keep"]}'
        )
    except duckdb.BinderException as error:
        raise KindredError(
            f"The ledger {schema}.{name} cannot be wound back ({str(error).splitlines()[0]}): "
            "run `kindred run` once, so that it has the columns that its YAML names."
        ) from error


def tables_in(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, str, str]]:
    """Every table and view as catalog, schema, name."""
    query = "select table_catalog, table_schema, table_name from information_schema.tables"
    return set(connection.execute(query).fetchall())
