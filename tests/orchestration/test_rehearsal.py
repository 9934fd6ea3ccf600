"""A rehearsal says what a run would do, and does nothing."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from orchestration.dbt import Dbt
from orchestration.rehearsal import _artifact, _selection
from warehouse import REPOSITORY, Settings, connect, exclusive

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.conftest import Kindred

pytestmark = pytest.mark.slow

Owners = dict[int, str]
Groups = set[tuple[str, frozenset[tuple[str, int]]]]


@pytest.fixture
def edited(rooms: None, built_warehouse: Settings, tmp_path: Path) -> Settings:  # noqa: ARG001
    """The built warehouse, with a copy of the project to edit."""
    project = tmp_path / "dbt_project"
    shutil.copytree(REPOSITORY / "dbt_project", project, ignore=shutil.ignore_patterns("target", "logs"))
    return replace(built_warehouse, project=project)


def _edit(settings: Settings, file: str, pattern: str, replacement: str) -> None:
    path = settings.project / file
    text, edits = re.subn(pattern, replacement, path.read_text(), flags=re.MULTILINE)
    assert edits == 1, f"{pattern} is not in {file}"
    path.write_text(text)


def _digest(settings: Settings) -> str:
    return hashlib.sha256(settings.database.read_bytes()).hexdigest()


def _rehearse(settings: Settings, kindred: Kindred) -> dict[str, Any]:
    before = _digest(settings)
    result = kindred(settings, "rehearse", "--json")
    assert result.returncode == 0, result.stderr
    assert _digest(settings) == before
    assert not list(settings.home.glob("rehearsal/**/*.duckdb*"))
    content: dict[str, Any] = json.loads(result.stdout)
    return content


def _built(settings: Settings) -> set[str]:
    """What the last rehearsal built."""
    results = json.loads((settings.home / "rehearsal" / "home" / "dbt" / "run_results.json").read_text())["results"]
    return {one["unique_id"].split(".")[2] for one in results}


def _state(settings: Settings) -> tuple[Owners, dict[str, str], dict[str, set[str]]]:
    """Whose each identifier and each record is, and which keys each sync wants."""
    with connect(settings, read_only=True) as connection:
        owners = connection.execute("select identifier_id, customer_id from identity.customer_identifiers").fetchall()
        records = connection.execute("select record_id, customer_id from identity.record_customers").fetchall()
        wanted = defaultdict(set)
        for sync, key in connection.execute("select sync, record_key from activation.desired_records").fetchall():
            wanted[sync].add(key)
    return dict(owners), dict(records), wanted


def _groups(ones: Owners, parts: Owners) -> Groups:
    """Each customer of the one state that several of the other have a part in, with the sizes of the parts."""
    shared: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for identifier in ones.keys() & parts.keys():
        shared[ones[identifier]][parts[identifier]] += 1
    return {(one, frozenset(found.items())) for one, found in shared.items() if len(found) > 1}


def _moved(before: dict[Any, str], after: dict[Any, str]) -> dict[str, int]:
    moved = sum(before[one] != after[one] for one in before.keys() & after.keys())
    return {"moved": moved, "left": len(before.keys() - after.keys()), "joined": len(after.keys() - before.keys())}


def _said(regroupings: Iterable[dict[str, Any]]) -> Groups:
    return {(one["customer_id"], frozenset((part, size) for part, size in one["parts"])) for one in regroupings}


def _build(settings: Settings) -> None:
    """What a run builds of what is compared, and of all that it is made of, without tests and sends."""
    compared = ("+customer_identifiers", "+record_customers", "+desired_records")
    without_tests = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
    with exclusive(settings):
        built = Dbt(settings).invoke("build", *without_tests, "--select", "resource_type:seed", *compared)
    assert built.success, built.exception


def test_what_was_said_is_what_a_run_then_does(edited: Settings, kindred: Kindred) -> None:
    owners, records, wanted = _state(edited)
    with connect(edited, read_only=True) as connection:
        [(email,)] = connection.execute(_A_BUSY_ADDRESS).fetchall()
    _edit(edited, "seeds/identifier_limits.csv", "^user_id,per_customer,,1,$", "user_id,per_customer,,2,")
    _edit(edited, "seeds/identifier_limits.csv", "^email,per_customer,,10,$", "email,per_customer,,1,")
    with (edited.project / "seeds" / "blocked_values.csv").open("a") as seed:
        seed.write(f"email,{email},not a person\n")
    said = _rehearse(edited, kindred)
    _build(edited)
    new_owners, new_records, new_wanted = _state(edited)
    assert _said(said["merges"]) == _groups(new_owners, owners) != set()
    assert _said(said["splits"]) == _groups(owners, new_owners) != set()
    assert said["customers_after"] == len(set(new_owners.values()))
    assert said["identifiers"] == _moved(owners, new_owners)
    assert said["records"] == _moved(records, new_records)
    for sync in said["syncs"]:
        assert sync["added"] == len(new_wanted[sync["sync"]] - wanted[sync["sync"]])
        assert sync["removed"] == len(wanted[sync["sync"]] - new_wanted[sync["sync"]])
    assert [(one["identifier_value"], one["is_blocked"]) for one in said["blocked"]] == [(email, True)]
    assert {cause["reason"] for one in said["merges"] for cause in one["causes"]} == {None}
    assert all(cause["reason"] for one in said["splits"] for cause in one["causes"])


def test_a_project_that_nobody_edited_changes_nothing(edited: Settings, kindred: Kindred) -> None:
    (edited.project / "dbt_project.yml").touch()  # so that everything is built, not only what dbt takes for edited
    said = _rehearse(edited, kindred)
    assert {"identity_links", "desired_records"} <= _built(edited)
    assert [said[part] for part in ("merges", "splits", "links", "blocked")] == [[], [], [], []]
    assert not any([*said["identifiers"].values(), *said["records"].values()])
    # Of who is withheld the reason may be another one: they were written to after the last build.
    assert not any(sync["added"] or sync["removed"] or sync["changed"] for sync in said["syncs"])


def test_an_edited_segment_changes_its_audience_and_nobody_else(edited: Settings, kindred: Kindred) -> None:
    _edit(edited, "models/segments/win_back.sql", "orders_count >= 1", "orders_count >= 3")
    said = _rehearse(edited, kindred)
    assert not any([*said["identifiers"].values(), *said["records"].values()])
    [changed] = [sync for sync in said["syncs"] if sync["members_before"] != sync["members_after"]]
    assert changed["sync"] == "sync_demo_files__win_back"
    assert changed["removed"] == changed["audience_before"] - changed["audience_after"] > 0
    assert {"win_back", "desired_records"} <= _built(edited)
    assert not {"identity_links", "customers", "high_value"} & _built(edited), "nothing of that follows from the edit"


@pytest.mark.parametrize(
    ("read", "build", "touched", "all_is_built"),
    [
        ("10:04", "standing", "10:00", False),
        ("10:06", "standing", "10:00", True),
        ("10:04", "another", "10:00", True),
        ("10:04", "standing", "10:06", True),
        (None, "standing", "10:00", True),
    ],
    ids=["as it was built", "read again since", "another build", "variables edited", "never read"],
)
def test_only_what_was_edited_is_built_where_it_is_known(
    tmp_path: Path, read: str | None, build: str, touched: str, *, all_is_built: bool
) -> None:
    settings = Settings(home=tmp_path, project=tmp_path, destinations=tmp_path)
    settings.dbt_target.mkdir()
    for name, at, identifier in (("manifest", read, "of its own"), ("run_results", "10:05", build)):
        if at:
            metadata = {"generated_at": f"2026-07-01T{at}:00Z", "invocation_id": identifier}
            (settings.dbt_target / f"{name}.json").write_text(json.dumps({"metadata": metadata}))
    (tmp_path / "dbt_project.yml").touch()
    os.utime(tmp_path / "dbt_project.yml", (datetime.fromisoformat(f"2026-07-01T{touched}:00Z").timestamp(),) * 2)
    assert ("resource_type:seed" in _selection(settings, "standing", _artifact(settings, "manifest"))) is all_is_built


def test_a_project_that_cannot_be_built_is_one_sentence(edited: Settings, kindred: Kindred) -> None:
    _edit(edited, "models/segments/win_back.sql", "orders_count >= 1", "no_such_column >= 1")
    result = kindred(edited, "rehearse")
    assert result.returncode == 1
    assert "The model win_back could not be built" in result.stderr
    assert "Traceback" not in result.stderr
    assert not list(edited.home.glob("rehearsal/**/*.duckdb*"))


def test_nothing_to_compare_with(edited: Settings, kindred: Kindred) -> None:
    with connect(edited) as connection:
        connection.execute("drop schema activation cascade")
    result = kindred(edited, "rehearse")
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1] == "There is no build yet to compare with: run `kindred run` first."


_A_BUSY_ADDRESS = """
select identifier_value from identity.customer_identifiers
where identifier_type = 'email' order by records desc, 1 limit 1
"""
