"""A preview of an edited segment says what a run would do, and does nothing."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from orchestration.dbt import Dbt
from orchestration.preview import preview
from orchestration.preview_page import render_preview
from reverse_etl import plan
from warehouse import REPOSITORY, KindredError, connect

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Kindred
    from warehouse import Settings

pytestmark = pytest.mark.slow
SEGMENTS = "models/segments"


@pytest.fixture
def edited(rooms: None, built_warehouse: Settings, tmp_path: Path) -> Settings:  # noqa: ARG001
    """The built warehouse, with a copy of the project to edit."""
    project = tmp_path / "dbt_project"
    shutil.copytree(REPOSITORY / "dbt_project", project, ignore=shutil.ignore_patterns("target", "logs"))
    return replace(built_warehouse, project=project)


def _edit(settings: Settings, file: str, pattern: str, replacement: str) -> None:
    path = settings.project / SEGMENTS / file
    text, edits = re.subn(pattern, replacement, path.read_text(), count=1)
    assert edits == 1, f"{pattern} is not in {file}"
    path.write_text(text)


def _add_segment(settings: Settings) -> None:
    """One file and one block of YAML: everybody who ordered, of whom a sync of another segment is told."""
    sql = (settings.project / SEGMENTS / "advocates.sql").read_text().replace("and nps_score >= 9", "and is_known")
    (settings.project / SEGMENTS / "regulars.sql").write_text(sql)
    path = settings.project / SEGMENTS / "_segments__models.yml"
    [block] = re.findall(r"  - name: advocates\n.*?(?=\n  - name: )", path.read_text(), re.DOTALL)
    path.write_text(path.read_text() + "\n" + block.replace("advocates", "regulars"))
    sync = settings.project / "models/activation/demo_syncs/_demo_syncs__models.yml"
    sync.write_text(sync.read_text().replace("segment: win_back", "segment: regulars"))


def _digest(settings: Settings) -> str:
    return hashlib.sha256(settings.database.read_bytes()).hexdigest()


def _members(settings: Settings, segment: str) -> set[str]:
    with connect(settings, read_only=True) as connection:
        query = "select customer_id from segments.segment_memberships where segment = ?"
        return {row[0] for row in connection.execute(query, [segment]).fetchall()}


def _figures(settings: Settings) -> dict[str, tuple[object, ...]]:
    return {one.sync: (one.desired, one.adds, one.updates, one.removals, one.withheld) for one in plan(settings)}


@pytest.mark.timeout(1200)
def test_what_it_says_is_what_a_run_does(edited: Settings) -> None:
    segment = "win_back"
    _edit(edited, "win_back.sql", "orders_count >= 1", "orders_count >= 2")
    _edit(edited, "win_back.sql", r"\('dormant', 'lost'\)", "('dormant', 'lost', 'at risk')")
    before, untouched, old = _members(edited, segment), _digest(edited), _figures(edited)
    found = preview(edited, segment)
    assert _digest(edited) == untouched
    # Since the last build people were written to: what counts their contacts is built again, as the preview does.
    assert Dbt(edited).invoke("run", "--select", f"{segment}+", "receipts+").success
    after = _members(edited, segment)
    assert (found.members_before, found.members_after) == (len(before), len(after))
    assert sum(one.customers for one in found.entering) == len(after - before) > 0
    assert sum(one.customers for one in found.leaving) == len(before - after) > 0
    assert {one for movement in found.leaving for one in movement.examples} <= before - after
    said = {one.after.sync: one.after for one in found.syncs}
    figures = {name: (one.desired, one.adds, one.updates, one.removals, one.withheld) for name, one in said.items()}
    real = _figures(edited)
    assert figures == {name: real[name] for name in figures}
    # Why somebody is withheld may change by the deliveries alone; what is sent may not go unsaid.
    assert {name for name in real if real[name][:4] != old[name][:4]} <= figures.keys()
    assert "sync_demo_files__win_back" in figures


@pytest.mark.timeout(1200)
def test_a_segment_that_the_warehouse_does_not_have_yet(edited: Settings, kindred: Kindred) -> None:
    _add_segment(edited)
    result = kindred(edited, "plan", "--segment", "regulars", "--json")
    assert result.returncode == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    with connect(edited, read_only=True) as connection:
        [[count]] = connection.execute(
            "select count(*) from customer_360.customers where orders_count >= 2 and is_known"
        ).fetchall()
    assert (found["is_new"], found["members_before"], found["members_after"]) == (True, 0, count)
    [sync] = [one for one in found["syncs"] if one["after"]["sync"] == "sync_demo_files__win_back"]
    assert sync["after"]["segment"] == "regulars"
    assert sync["after"]["removals"] > 0


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("orders_count >= 1", "orders_cuont >= 1", "win_back cannot be built from the warehouse as it stands"),
        ("from customers", "from customers cross join (select 1 union all select 2)", "customers more than once"),
        ("{{ ref", "{{ reff", "reff"),
    ],
)
@pytest.mark.timeout(1200)
def test_what_cannot_be_built_is_one_sentence(edited: Settings, old: str, new: str, sentence: str) -> None:
    _edit(edited, "win_back.sql", re.escape(old), new)
    with pytest.raises(KindredError, match=sentence) as raised:
        preview(edited, "win_back")
    assert "\n" not in str(raised.value)


@pytest.mark.timeout(1200)
def test_an_edit_that_changes_nothing_moves_nobody(edited: Settings) -> None:
    found = preview(edited, "win_back")
    assert (found.entering, found.leaving) == ((), ())
    assert "sync_demo_files__win_back" in [one.after.sync for one in found.syncs]
    assert not any(one.after.adds or one.after.removals for one in found.syncs)
    assert render_preview(found)
    with pytest.raises(KindredError, match="There is no segment nobody: use one of advocates"):
        preview(edited, "nobody")
