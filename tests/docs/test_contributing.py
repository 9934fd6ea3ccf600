"""A stranger who types what CONTRIBUTING.md shows gets what it promises."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestration.dbt import Dbt
from orchestration.registry import write_registry
from warehouse import REPOSITORY, Settings, connect, exclusive

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

ADD_A_SOURCE = re.search(r"## Add a source\n(.*?)\n## ", (REPOSITORY / "CONTRIBUTING.md").read_text(), re.DOTALL)


def files_shown() -> dict[str, str]:
    """The files that the section's diffs add, by path."""
    assert ADD_A_SOURCE
    found: dict[str, str] = {}
    for block in re.findall(r"```diff\n(.*?)```", ADD_A_SOURCE[1], re.DOTALL):
        path, *lines = block.splitlines()
        found[path.removeprefix("+ ").strip()] = "\n".join(line[4:] for line in lines) + "\n"
    return found


@pytest.fixture
def stranger(built_warehouse: Settings, tmp_path: Path) -> Settings:
    """A copy of the project with the new source, and its raw table: one booking by a known customer."""
    project = tmp_path / "dbt_project"
    shutil.copytree(REPOSITORY / "dbt_project", project, ignore=shutil.ignore_patterns("target", "logs"))
    for path, text in files_shown().items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    with connect(built_warehouse) as connection:
        connection.execute(
            "create table raw.bookings_orders as select 'B1' as booking_id, upper(email) as email, "
            "'2026-06-01T10:00:00+02:00' as booked_at, '99,50' as paid, timestamp '2026-06-01' as _loaded_at "
            "from customer_360.customers where email is not null order by customer_id limit 1"
        )
    return replace(built_warehouse, project=project)


def test_a_new_source_is_one_folder(stranger: Settings) -> None:
    with connect(stranger, read_only=True) as connection:
        known = connection.execute(
            "select customer_id from raw.bookings_orders inner join customer_360.customers"
            " on lower(bookings_orders.email) = customers.email"
        ).fetchall()
    assert write_registry(stranger)
    with exclusive(stranger):
        result = Dbt(stranger).invoke(
            "run", "--select", "stg_bookings__orders", "path:models/identity", "refunds", "orders"
        )
    assert result.success, result.exception
    with connect(stranger, read_only=True) as connection:
        order = connection.execute(
            "select customer_id, net_amount, ordered_at::varchar from customer_360.orders where source = 'bookings'"
        ).fetchall()
    assert [(row[0],) for row in order] == known
    assert (float(order[0][1]), order[0][2]) == (99.5, "2026-06-01 08:00:00")
