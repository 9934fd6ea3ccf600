"""The files destination."""

from __future__ import annotations

import csv
import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reverse_etl.destinations._cells import cell, readable
from reverse_etl.destinations._outbox import held

if TYPE_CHECKING:
    from pathlib import Path

    from reverse_etl import SyncResult
    from tests.reverse_etl.conftest import World


def test_a_reader_of_the_files_holds_what_the_audience_says(world: World) -> None:
    for audience in (world.people("ana", "ben", n=1), world.people("ben", "cem", n=1), world.people("ben", n=2), {}):
        world.want(audience, sync=world.FILES)
        assert world.run(world.FILES, accept=frozenset({"empty_audience"})).status == "succeeded"
        wanted = {key: {name: str(value) for name, value in fields.items()} for key, fields in audience.items()}
        assert held(world.settings.home / "outbox" / world.FILES) == wanted


def test_the_files_say_what_changed_and_the_manifest_describes_them(world: World) -> None:
    world.want(world.people("ana", "ben", n=1), sync=world.FILES)
    world.run(world.FILES)
    world.want(world.people("ana", n=2) | world.people("cem", n=1), sync=world.FILES)
    folder = _folder(world, world.run(world.FILES))
    assert _rows(folder / "remove.csv") == [["operation", "record_key"], ["remove", "ben@example.com"]]
    head, *rows = _rows(folder / "add.csv")
    assert head == ["operation", "record_key", "email", "n"]
    assert sorted(rows, reverse=True) == [
        ["update", "ana@example.com", "ana@example.com", "2"],
        ["add", "cem@example.com", "cem@example.com", "1"],
    ]
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["build_id"], manifest["columns"]) == ("build-1", ["email", "n"])
    assert [(one["name"], one["rows"]) for one in manifest["files"]] == [("remove.csv", 1), ("add.csv", 2)]
    for one in manifest["files"]:
        assert hashlib.sha256((folder / one["name"]).read_bytes()).hexdigest() == one["sha256"]
    assert {path.name for path in folder.iterdir()} == {"add.csv", "remove.csv", "manifest.json"}


def test_records_are_counted_though_their_files_could_not_be_completed(world: World) -> None:
    world.want(world.people("ana", "ben"), sync=world.FILES)
    outbox = world.settings.home / "outbox" / world.FILES

    def stand_in_the_way(_records: int) -> None:
        for draft in outbox.glob(".*/*"):
            (outbox / draft.name.partition(".")[0] / "add.csv").mkdir(parents=True)

    result = world.run(world.FILES, advance=stand_in_the_way)
    assert (result.status, result.counts["accepted"], sum(result.counts.values())) == ("failed", 0, 2)
    assert "cannot be written" in (result.message or "")


def test_each_record_is_pending_until_the_manifest_is_there(world: World) -> None:
    world.want(world.people("ana"), sync=world.FILES)
    result = world.run(world.FILES)
    assert world.outcomes(world.FILES) == [
        ("add", "ana@example.com", "pending"),
        ("add", "ana@example.com", "accepted"),
    ]
    assert (result.counts["pending"], result.counts["accepted"]) == (0, 1)


def test_no_change_leaves_no_folder(world: World) -> None:
    world.want(world.people("ana"), sync=world.FILES)
    world.run(world.FILES)
    world.run(world.FILES)
    assert len(list((world.settings.home / "outbox" / world.FILES).iterdir())) == 1


def test_a_disk_that_refuses_ends_the_run_and_nothing_counts_as_delivered(world: World) -> None:
    (world.settings.home / "outbox").write_text("a file where the folder should be")
    world.want(world.people("ana"), sync=world.FILES)
    result = world.run(world.FILES)
    assert (result.status, "cannot be written" in str(result.message)) == ("failed", True)
    (world.settings.home / "outbox").unlink()
    assert world.run(world.FILES).counts["accepted"] == 1


@pytest.mark.parametrize(
    "text", ["=1+1", "+49170", "-1", "@sum", "\tx", "\rx", "O'Brien", "'=x", "plain", "", 'a,b\n"c"']
)
def test_a_cell_is_no_formula_and_reads_back_as_it_was(text: str) -> None:
    assert cell(text)[:1] not in {"=", "+", "-", "@", "\t", "\r"}
    assert readable(cell(text)) == text


@given(st.text(alphabet=st.sampled_from("'=+-@\t\n\ra,\"")))
def test_every_text_reads_back_as_it_was(text: str) -> None:
    assert readable(cell(text)) == text


@pytest.mark.parametrize(("value", "text"), [(None, ""), (-5, "-5"), (True, "true"), (0.1, "0.1"), ([1], "[1]")])
def test_values_that_are_no_text_are_written_plainly(value: Any, text: str) -> None:
    assert cell(value) == text


def test_keys_that_look_like_formulas_are_neutralised_unless_told_otherwise(world: World) -> None:
    world.want({"+4917012345": {"note": "=cmd()", "owes": -5}}, sync=world.FILES)
    rows = _rows(_folder(world, world.run(world.FILES)) / "add.csv")
    assert rows[1] == ["add", "'+4917012345", "'=cmd()", "-5"]
    world.settings.destinations.write_text('[demo_files]\ntype = "files"\nspreadsheet_safe = false\n')
    world.want({"+4917012345": {"note": "=again()", "owes": -5}}, sync=world.FILES)
    assert _rows(_folder(world, world.run(world.FILES)) / "add.csv")[1][1] == "+4917012345"


def _folder(world: World, result: SyncResult) -> Path:
    return world.settings.home / "outbox" / world.FILES / result.run_id


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))
