"""What is built on what stands is what a build from nothing gives, whatever happened in between."""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from benchmarks.customer_360_project import customer_360_project
from benchmarks.warehouse import model_results

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

HAPPENINGS = {
    "load": """
        create or replace temp table made as select
            i,
            '{seed}-' || i as id,
            'c' || hash(i, {seed}, 1) % 9 as whom, -- ten minutes apart: gaps of exactly thirty occur, hours after as_of
            timestamp '2026-06-01' + to_minutes(cast(10 * (hash(i, {seed}) % 4300) as integer)) as moment
        from range(25) as r(i);
        insert into raw.interactions select
            'web:' || id, 'web', 'web:' || id, (['page_view', 'product_view', 'usage', 'email_open'])[1 + i % 4], 'web',
            moment, 'p' || i % 3, null, i % 9 = 0
        from made;
        insert into raw.orders
        select 'order:' || id, 'shop', 'o' || id, 'web', moment, 'completed', 'EUR', 20 + i, 2, 1 from made where i < 6;
        insert into raw.order_items select 'shop', 'i' || id, 'o' || id, 'p' || i % 3, 1, 20, 0 from made where i < 6;
        insert into raw.refunds
        select 'order:' || id, 'shop', 'r' || id, 'o{seed}-' || (i + 1), moment, 'EUR', 3, 1 from made where i < 2;
        insert into raw.carts
        select 'cart:' || id, 'shop', 'k' || id, moment, moment, 2, 30, 'EUR' from made where i < 3;
        insert into raw.payments
        select 'payment:' || id, 'shop', 'y' || id, 'o' || id, 'failed', moment, 20, 'EUR' from made where i < 2;
        insert into raw.survey_scores select 'web:' || id, 'web', 'nps', 3 * i, moment from made where i < 4;
        insert into raw.people
        select 'order:' || id, 'shop', moment, moment, null, null, 'Ada' || i % 3, 'Byron', '1990-05-17', 'DE', null
        from made where i < 6;
        insert into raw.record_customers
        select unnest(['web:', 'order:', 'cart:', 'payment:']) || id, 'x', whom from made where i <> 3;
    """,
    "take away": """
        delete from raw.interactions where hash(record_id, {seed}) % 6 = 0;
        delete from raw.orders where hash(record_id, {seed}) % 6 = 0;
        delete from raw.carts where hash(record_id, {seed}) % 6 = 0;
    """,
    "correct": """
        update raw.interactions set occurred_at = occurred_at - interval '20m' where hash(record_id, {seed}) % 7 = 0;
        update raw.interactions set interaction_type = 'search' where hash(record_id, {seed}) % 7 = 1;
        update raw.orders set total_amount = total_amount + 5 where hash(record_id, {seed}) % 5 = 0;
        update raw.refunds set amount = amount + 1 where hash(refund_id, {seed}) % 3 = 0;
    """,
    "refund": """
        delete from raw.orders using raw.refunds as r where r.order_id = orders.order_id and hash(r, {seed}) % 3 = 0;
        update raw.refunds set refunded_at = refunded_at - interval 2 day where hash(refund_id, {seed}) % 3 = 1;
    """,
    "merge": """
        update raw.record_customers set customer_id = 'c1' where customer_id = 'c' || {seed} % 9;
        update raw.customer_identifiers set customer_id = 'c1' where customer_id = 'c' || {seed} % 9;
    """,
    "split": """
        update raw.record_customers set customer_id = 's{seed}' where customer_id = 'c1' and hash(record_id) % 2 = 0;
        update raw.customer_identifiers set customer_id = 's{seed}' where customer_id = 'c1' and identifier_id % 2 = 0;
    """,
    "disown": "delete from raw.record_customers where customer_id = 'c' || {seed} % 9 and hash(record_id) % 2 = 0",
}
"""What may happen between two builds, as statements."""
BUILDS = ("build", "build until it fails", "build without sessions", "move as_of", "change a rule")
_CUSTOMERS = """
insert into raw.customer_identifiers
select 'c' || i % 9, i, 'email', 'p' || i || '@x.org', timestamp '2026-06-01',
    timestamp '2026-06-01' + to_days(cast(i as integer)), 1
from range(30) as r(i);
insert into raw.identifier_types values ('email', 'email', 6, 2, true);
insert into raw.products select 'shop', 'p' || i, 'P', 'c', 'b', 9, 4 from range(3) as r(i);
"""
_RAW_TABLES = "select table_name from duckdb_tables() where database_name = 'kept' and schema_name = 'raw'"
_TABLES = """
select table_name from duckdb_tables()
where database_name = 'scratch' and schema_name = 'customer_360' and table_name <> 'customer_versions'
    and not suffix(table_name, '__built')
"""
_LEFT_BEHIND = "select table_name from duckdb_tables() where temporary and starts_with(table_name, 'due_')"
_DIFFERENT = """
select count(*) from (
    (select * from kept.customer_360.{table} except all select * from scratch.customer_360.{table})
    union all
    (select * from scratch.customer_360.{table} except all select * from kept.customer_360.{table})
) as differences
"""


class Warehouse:
    """A warehouse that is built on again and again, and a copy of its rows that is built from nothing."""

    def __init__(self, folder: Path) -> None:
        self.scratch = customer_360_project(folder)
        _hook(folder)
        self.scratch = self.scratch.read_once()
        self.narrowed = 0
        self.empty, self.kept = folder / "empty.duckdb", folder / "kept.duckdb"
        self.scratch.database.rename(self.empty)

    def begin(self) -> None:
        """Forget everything, and build on the first rows."""
        self.day, self.usage_is_visit = 28, "true"
        shutil.copy(self.empty, self.scratch.database)
        with self.scratch.connect() as connection:
            connection.execute(_CUSTOMERS)
        self.happen("load", 1)
        self.build(seeds=True)

    def happen(self, what: str, seed: int) -> None:
        """Change the rows, or the day or a rule, and build on what stands."""
        if what == "move as_of":
            self.day = 24 + seed % 7  # June has thirty days
        if what == "change a rule":
            self.usage_is_visit = "false" if self.usage_is_visit == "true" else "true"
        with self.scratch.connect() as connection:
            connection.execute(HAPPENINGS.get(what, "select 1").format(seed=seed))
        if what == "build until it fails":
            self.build("--select", "+interactions", "+customer_versions")
        elif what == "build without sessions":
            self.build("--exclude", "sessions")
        elif what in BUILDS:
            self.build(seeds=what == "change a rule")

    def build(self, *arguments: str, seeds: bool = False) -> None:
        """Run every model, or those of which the arguments speak."""
        if seeds:
            path = self.scratch.folder / "seeds" / "interaction_types.csv"
            path.write_text(re.sub("usage,.*", f"usage,{self.usage_is_visit}", path.read_text()))
            self.scratch.dbt("seed")
        variables = {"as_of": f"2026-06-{self.day} 00:00:00", "rebuild_above": "1"}
        said = model_results(self.scratch.dbt("run", *arguments, variables=variables))
        changes = [re.fullmatch("CHANGES ([0-9]+) TO ([0-9]+)", message) for message in said.values()]
        self.narrowed += sum(change is not None and change[1] != change[2] for change in changes)

    def differences(self) -> dict[str, int]:
        """How many rows of each table are not as a build from nothing gives them."""
        self.build()
        self.scratch.database.rename(self.kept)
        shutil.copy(self.empty, self.scratch.database)
        with self.scratch.connect() as connection:
            connection.execute(f"attach '{self.kept}' as kept (read_only)")
            for (table,) in connection.execute(_RAW_TABLES).fetchall():
                connection.execute(f"insert into raw.{table} select * from kept.raw.{table}")
            connection.execute("create schema customer_360")
            for ledger in self._ledgers():
                connection.execute(f"create table customer_360.{ledger} as from kept.customer_360.{ledger}")
        self.build(seeds=True)
        return self._compare()

    def _ledgers(self) -> list[str]:
        """What outlives a full refresh, as it holds what no rows tell: both builds go by the same."""
        read: Any = self.scratch.manifest
        nodes = [node for node in read.nodes.values() if node.resource_type == "model"]
        return [node.name for node in nodes if node.config.full_refresh is False and node.name != "customer_versions"]

    def _compare(self) -> dict[str, int]:
        with self.scratch.connect() as connection:
            connection.execute(f"attach '{self.kept}' as kept (read_only)")
            tables = [table for (table,) in connection.execute(_TABLES).fetchall()]
            assert {"timeline", "sessions", "customers"} <= set(tables)
            rows = {table: connection.execute(_DIFFERENT.format(table=table)).fetchall()[0][0] for table in tables}
        return {table: number for table, number in rows.items() if number}


def _hook(folder: Path) -> None:
    """Give a model a hook before it, for which its rows are not kept, and one after it, which fails if it left any."""
    path = folder / "dbt_project.yml"
    project = yaml.safe_load(path.read_text())
    hooks = {"+pre-hook": "select 1", "+post-hook": f"select error(table_name) from ({_LEFT_BEHIND}) as left_behind"}
    project["models"]["kindred"]["customer_360"]["behaviour"] = {"sessions": hooks}
    path.write_text(yaml.safe_dump(project))


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return Warehouse(tmp_path_factory.mktemp("incremental") / "project")


STORY = (
    "load", "build until it fails", "merge", "correct", "move as_of", "split", "take away", "refund", "build", "load",
    "build without sessions", "change a rule", "load", "disown",
)  # fmt: skip
# in the campaign a build after each step, and drawn courses
CAMPAIGN = "KINDRED_CAMPAIGN" in os.environ
COURSE = [each for step in STORY for each in (step, "build")] if CAMPAIGN else STORY
stories = st.lists(st.tuples(st.sampled_from([*HAPPENINGS, *BUILDS]), st.integers(2, 10**6)), min_size=3, max_size=8)
PHASES = (Phase.explicit, Phase.generate) if CAMPAIGN else (Phase.explicit,)


@pytest.mark.timeout(1800)
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)
@example(story=list(zip(COURSE, range(3, 99), strict=False)))
@given(story=stories)
def test_what_is_built_on_is_what_a_build_from_nothing_gives(
    warehouse: Warehouse, story: list[tuple[str, int]]
) -> None:
    warehouse.begin()
    for what, seed in story:
        warehouse.happen(what, seed)
    assert warehouse.differences() == {}, story
    assert warehouse.narrowed, "models were narrowed to those who are due"
