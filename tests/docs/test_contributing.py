"""A stranger who types what CONTRIBUTING.md shows gets what it promises."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.dbt import Dbt
from orchestration.preview import preview
from orchestration.registry import write_registry
from warehouse import REPOSITORY, Settings, connect, exclusive

pytestmark = pytest.mark.slow


def section(title: str) -> str:
    found = re.search(rf"## {title}\n(.*?)\n## ", (REPOSITORY / "CONTRIBUTING.md").read_text(), re.DOTALL)
    assert found
    return found[1]


def files_shown(title: str) -> dict[str, str]:
    """The files that a section's diffs add, by path."""
    found: dict[str, str] = {}
    for block in re.findall(r"```diff\n(.*?)```", section(title), re.DOTALL):
        path, *lines = block.splitlines()
        found[path.removeprefix("+ ").strip()] = "\n".join(line[4:] for line in lines) + "\n"
    return found


def type_in(folder: Path, *titles: str) -> Path:
    """A copy of the project with what some sections show."""
    project = folder / "dbt_project"
    shutil.copytree(REPOSITORY / "dbt_project", project, ignore=shutil.ignore_patterns("target", "logs"))
    for path, text in (shown for title in titles for shown in files_shown(title).items()):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return project


@pytest.fixture
def stranger(built_warehouse: Settings, tmp_path: Path) -> Settings:
    """A copy of the project with the new source, and its raw table: one booking by a known customer."""
    project = type_in(tmp_path, "Add a source")
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


SEGMENT = "searched_a_lot"


def test_a_new_segment_is_one_file_and_a_block_of_yaml(built_warehouse: Settings, tmp_path: Path) -> None:
    settings = replace(built_warehouse, project=type_in(tmp_path, "Add a segment"))
    assert write_registry(settings)
    with exclusive(settings):
        result = Dbt(settings).invoke(
            "build", "--select", SEGMENT, "segment_settings", "segment_memberships", "--exclude", "test_type:data"
        )
    assert result.success, result.exception
    with connect(settings, read_only=True) as connection:
        counts = connection.execute(
            "select (select count(*) from segments.segment_memberships where segment = ?),"
            " (select count(*) from customer_360.customers where searches_30d >= 2)",
            [SEGMENT],
        ).fetchone()
    assert counts
    assert counts[0] == counts[1] > 0


def test_a_new_sync_is_one_file_and_its_yaml_and_is_previewed(built_warehouse: Settings, tmp_path: Path) -> None:
    settings = replace(built_warehouse, project=type_in(tmp_path, "Add a segment", "Add a sync"))
    found = preview(settings, SEGMENT)
    [change] = [one for one in found.syncs if one.before is None]
    assert change.after.sync == f"sync_demo_files__{SEGMENT}"
    assert found.members_after >= change.after.desired == change.after.adds > 0


def test_a_segment_that_forgets_its_owner_does_not_load(built_warehouse: Settings, tmp_path: Path) -> None:
    settings = replace(built_warehouse, project=type_in(tmp_path, "Add a segment"))
    described = settings.project / "models" / "segments" / f"_{SEGMENT}__models.yml"
    described.write_text(described.read_text().replace("owner: marketing@example.com, ", ""))
    write_registry(settings)
    with exclusive(settings):
        [result] = Dbt(settings).invoke("run", "--select", "segment_settings").result
    promised = re.search(r"\*(The segment .*?)\*", section("Add a segment"))
    assert promised
    assert promised[1] in result.message


def test_a_segment_that_forgets_its_unit_test_fails_the_check(built_warehouse: Settings, tmp_path: Path) -> None:
    project = type_in(tmp_path, "Add a segment", "Add a sync")
    described = project / "models" / "segments" / f"_{SEGMENT}__models.yml"
    whole = described.read_text()
    assert not complaints(replace(built_warehouse, project=project))
    described.write_text(whole[: whole.index("unit_tests:")])
    promised = re.search(r"\*(`searched_a_lot` has .*?)\*", section("Add a segment"))
    assert promised
    assert promised[1].replace("`", "") in complaints(replace(built_warehouse, project=project)).replace("`", "")


def complaints(settings: Settings) -> str:
    """What `make check` finds wrong with the conventions of the new segment; nothing if it passes."""
    with exclusive(settings):
        assert Dbt(settings).invoke("parse").success
    rules = settings.project.parent / "dbt-bouncer.yml"
    text = (REPOSITORY / "dbt-bouncer.yml").read_text()
    rules.write_text(text.replace("dbt_project/target", str(settings.dbt_target)))
    program = Path(sys.executable).with_name("dbt-bouncer")
    ran = subprocess.run(
        [str(program), "run", "--config-file", str(rules)],
        env={**os.environ, "COLUMNS": "400"},  # else it folds its sentences
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if ran.returncode == 0 else " ".join(ran.stdout.split()) + " ".join(ran.stderr.split())
