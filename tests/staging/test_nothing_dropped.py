"""Every raw row stands in staging, repeats one that does, or is in quarantine, as the demo's truth knows."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Project

pytestmark = pytest.mark.slow

STAGED = {
    "web": ("events",),
    "shop": ("customers", "orders", "order_items", "payments", "refunds", "carts", "products"),
    "pos": ("receipts", "receipt_items"),
    "crm": ("contacts",),
    "loyalty": ("members",),
}
"""Sources whose unreadable rows are all in quarantine; a withdrawal or an erasure is kept however it is written."""


def _base_models(project: Project) -> Iterator[tuple[str, list[str]]]:
    """Each base model of the project, and the raw tables that it reads."""
    for node in project.read.nodes.values():
        if node.resource_type == "model" and node.name.startswith("base_"):
            parents: list[str] = node.depends_on_nodes
            yield node.name, [parent.split(".")[-1] for parent in parents if parent.startswith("source.")]


def _count(project: Project, query: str) -> int:
    return int(project.select(query)[0][0])


def test_every_raw_row_is_staged_repeated_or_in_quarantine(staged: Project) -> None:
    models = dict(_base_models(staged))
    assert len(models) > 10
    for base, tables in models.items():
        raw = sum(_count(staged, f"select count(*) from raw.{table}") for table in tables)
        rows: dict[str, Any] = dict(
            staged.select(
                f"""
                select case when problem is not null then 'quarantine' when copy = 1 then 'staged' else 'repeated' end,
                    count(*)
                from staging.{base} group by 1
                """
            )
        )
        names = ", ".join(f"'{table}'" for table in tables)
        source = base.removeprefix("base_").partition("__")[0]
        quarantine = f"select count(*) from staging.quarantine_{source} where source_table in ({names})"
        assert sum(rows.values()) == raw, base
        assert _count(staged, f"select count(*) from staging.stg_{base.removeprefix('base_')}") == rows["staged"]
        assert _count(staged, quarantine) == rows.get("quarantine", 0), base


def test_what_is_broken_is_in_quarantine_and_nothing_else_is(staged: Project) -> None:
    union = " union all ".join(f"select source_table from staging.quarantine_{source}" for source in STAGED)
    quarantined = Counter(table for (table,) in staged.select(union))
    broken = dict(staged.select("select raw_table, count(*) from truth.broken_rows group by 1"))
    assert quarantined
    assert quarantined == {table: rows for table, rows in broken.items() if table.partition("_")[0] in STAGED}


def test_records_are_named_as_the_truth_names_them(staged: Project) -> None:
    staging = [f"{source}__{table}" for source, tables in STAGED.items() for table in tables if table != "refunds"]
    for model in staging:
        known = "select record_id from truth.record_owners"
        unknown = staged.select(f"select record_id from staging.stg_{model} where record_id not in ({known})")
        assert not unknown, model


def test_an_address_in_staging_is_the_one_that_its_person_has(staged: Project) -> None:
    for model in ("shop__orders", "crm__contacts", "loyalty__members"):
        rows = staged.select(
            f"""
            select staged.email, people.email, staged.phone, people.phone
            from staging.stg_{model} as staged
            inner join truth.record_owners as owners on owners.record_id = staged.record_id
            inner join truth.people as people on people.person_id = owners.person_id
            where owners.mess in ('clean', 'format_variations', 'odd_times')
            """
        )
        assert [row for row in rows if row[0] and row[0] != row[1]] == []
        other_phones = [row for row in rows if row[2] and row[2] != row[3]]
        assert len(other_phones) <= 0.02 * len(rows), "more than those who changed their number"
