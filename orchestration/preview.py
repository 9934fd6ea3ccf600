"""`kindred plan --segment`: what an edited segment would do, from the warehouse as it stands, writing nothing to it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from orchestration.dbt import Dbt
from orchestration.predicate import read_predicate
from orchestration.preview_build import BUILT, STANDING, beside, build, compile_models, room
from orchestration.registry import write_registry
from warehouse import KindredError, connect

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.preview_build import Model
    from reverse_etl import SyncPlan
    from warehouse import Settings

_EXAMPLES = 3
_DIALECT = "duckdb"


@dataclass(frozen=True)
class Movement:
    """Customers who would move for one reason.

    Attributes:
        reason: the clauses that decide: of who enters those of before that kept them out, of who leaves those of now.
        customers: how many.
        examples: a few of their ids; nothing else of them is shown.
    """

    reason: str
    customers: int
    examples: tuple[str, ...]


@dataclass(frozen=True)
class SyncChange:
    """What a sync would send now, and what it would send after the edit."""

    before: SyncPlan | None
    after: SyncPlan


@dataclass(frozen=True)
class Preview:
    """What the edit of a segment would do.

    Attributes:
        as_of: the moment that the standing build looks back from, as UTC text.
        is_new: whether the warehouse does not have the segment yet.
        members_before, members_after: how many are in it.
        entering, leaving: who would move, by reason, the most first.
        syncs: those of the segment, and any other that would send something else than before.
    """

    segment: str
    as_of: str
    is_new: bool
    members_before: int
    members_after: int
    entering: tuple[Movement, ...]
    leaving: tuple[Movement, ...]
    syncs: tuple[SyncChange, ...]


def preview(settings: Settings, segment: str) -> Preview:
    """What the segment's file as it stands now would change.

    Args:
        settings: where warehouse and project are; the warehouse is not written to.
        segment: the segment's name.

    Raises:
        KindredError: there is no such segment or no build yet, or the segment cannot be built.
    """
    write_registry(settings)
    as_of = _standing_as_of(settings)
    with room(settings) as aside:
        models = compile_models(settings, aside, segment, as_of)
        edited = _edited(models, segment, Dbt(aside).target / "manifest.json")
    with beside(settings) as connection:
        before = _plans(connection, STANDING)
        build(connection, models, edited)
        _check_customers(connection, segment)
        is_new = not connection.execute(_IS_STANDING, [segment]).fetchall()
        _set_moved_aside(connection, segment, is_new=is_new)
        old_sql = _standing_sql(settings, segment)
        return Preview(
            segment, as_of, is_new, *_sizes(connection, segment, is_new=is_new),
            entering=_movements(connection, segment, old_sql, "entering"),
            leaving=_movements(connection, segment, edited.sql, "leaving"),
            syncs=_changes(segment, before, _plans(connection, BUILT)),
        )  # fmt: skip


def _standing_as_of(settings: Settings) -> str:
    try:
        with connect(settings, read_only=True) as connection:
            [[as_of]] = connection.execute(
                "select strftime(max(as_of), '%Y-%m-%d %H:%M:%S') from customer_360.customers"
            ).fetchall()
    except duckdb.CatalogException:
        as_of = None
    if as_of is None:
        raise KindredError("There is no build yet to compare with: run `kindred run` first.")
    return str(as_of)


def _edited(models: list[Model], segment: str, manifest: Path) -> Model:
    nodes = json.loads(manifest.read_text())["nodes"].values()
    segments = sorted(str(one["name"]) for one in nodes if "segment" in one["config"].get("meta", {}))
    found = [one for one in models if one.table == segment and segment in segments]
    if not found:
        raise KindredError(
            f"There is no segment {segment}: use one of {', '.join(segments)}; a new one needs its YAML block, too."
        )
    return found[0]


def _check_customers(connection: duckdb.DuckDBPyConnection, segment: str) -> None:
    query = f'select count(*) - count(distinct customer_id) from {BUILT}.segments."{segment}"'
    [[more]] = connection.execute(query).fetchall()
    if more:
        raise KindredError(f"The segment {segment} would hold {more:,} customers more than once: mend its SQL.")


def _set_moved_aside(connection: duckdb.DuckDBPyConnection, segment: str, *, is_new: bool) -> None:
    old = "select null::varchar as customer_id where false" if is_new else f'from {STANDING}.segments."{segment}"'
    for name, ones, others in (("entering", "now_in", "was_in"), ("leaving", "was_in", "now_in")):
        connection.execute(f"""
            create temp table {name} as
            with was_in as ({old}), now_in as (from {BUILT}.segments."{segment}")
            select customer_id from {ones} where customer_id not in (select customer_id from {others})
        """)


def _sizes(connection: duckdb.DuckDBPyConnection, segment: str, *, is_new: bool) -> tuple[int, int]:
    def size(database: str) -> int:
        [[count]] = connection.execute(f'select count(*) from {database}.segments."{segment}"').fetchall()
        return int(count)

    return 0 if is_new else size(STANDING), size(BUILT)


def _standing_sql(settings: Settings, segment: str) -> str | None:
    """The query by which the standing build made the segment; None if it had none or its text is gone."""
    paths = [*(settings.dbt_target / "compiled").glob(f"*/models/**/{segment}.sql")]
    return paths[0].read_text() if paths else None


def _movements(
    connection: duckdb.DuckDBPyConnection, segment: str, sql: str | None, moved: str
) -> tuple[Movement, ...]:
    """Who moved, by the clauses of a version of the segment that do not hold for them."""
    reasons = _reasons(segment, sql, moved) or f"select customer_id, '' as reason from {moved}"
    rows = connection.execute(f"""
        select coalesce(reason, ''), count(*), list(customer_id order by customer_id)[:{_EXAMPLES}]
        from {moved} left join ({reasons}) as explained using (customer_id)
        group by 1 order by 2 desc, 1
    """).fetchall()
    return tuple(Movement(reason, count, tuple(examples)) for reason, count, examples in rows)


def _reasons(segment: str, sql: str | None, moved: str) -> str | None:
    """A query of the failing clauses of each customer who moved; None where no clauses can be read."""
    if sql is None:
        return None
    try:
        predicate = read_predicate(segment, sql, _DIALECT, f"customer_id in (select customer_id from {moved})")
    except KindredError:
        return None
    failing = ", ".join(
        f"case when ({one.text}) is not true then '{one.text.replace(chr(39), chr(39) * 2)}' end"
        for one in predicate.clauses
    )
    return predicate.probe.format(columns=f"customer_id, concat_ws(' and ', {failing}) as reason")


def _plans(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, SyncPlan]:
    from reverse_etl import plan_on  # noqa: PLC0415 - ibis takes a second

    connection.execute(f"use {database}")
    try:
        return {one.sync: one for one in plan_on(connection)}
    finally:
        connection.execute(f"use {BUILT}")


def _changes(segment: str, before: dict[str, SyncPlan], after: dict[str, SyncPlan]) -> tuple[SyncChange, ...]:
    both = [SyncChange(before.get(name), plan) for name, plan in after.items()]
    return tuple(one for one in both if one.after.segment == segment or _figures(one.before) != _figures(one.after))


def _figures(plan: SyncPlan | None) -> tuple[object, ...] | None:
    """What is sent; who is withheld for another reason now is a matter of the deliveries since, not of the edit."""
    return (plan.desired, plan.adds, plan.updates, plan.removals) if plan else None


_IS_STANDING = (
    f"select 1 from duckdb_tables() where database_name = '{STANDING}' and schema_name = 'segments' and table_name = ?"
)
