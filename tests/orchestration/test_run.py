"""One whole run, as a user sees it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from warehouse import connect

if TYPE_CHECKING:
    import subprocess

    from tests.conftest import Kindred
    from warehouse import Settings

pytestmark = pytest.mark.slow


def test_the_page_tells_the_whole_story(whole_run: tuple[Settings, subprocess.CompletedProcess[str]]) -> None:
    page = whole_run[1].stdout
    for heading in ("Read", "Customers", "Segments", "Delivered", "Where to look next"):
        assert heading in page
    assert re.search(r"precision [\d.]+%, recall [\d.]+%", page)
    assert re.search(r"[\d,]+ members - [\d,]+ no usable key - [\d,]+ no consent - .* = [\d,]+ in the audience", page)


def test_what_the_page_says_was_delivered_is_what_receipts_say(
    whole_run: tuple[Settings, subprocess.CompletedProcess[str]],
) -> None:
    settings, result = whole_run
    said = dict(re.findall(r"(sync_\w+) succeeded\n(?:.*\n)+?  .*? holds (\d+)", result.stdout))
    with connect(settings, read_only=True) as connection:
        held = connection.execute("select sync, count(*) from activation.delivered_records group by 1").fetchall()
    assert {sync: int(count) for sync, count in said.items() if int(count)} == dict(held)


def test_the_example_on_the_page_can_be_looked_up(
    whole_run: tuple[Settings, subprocess.CompletedProcess[str]], kindred: Kindred
) -> None:
    settings, result = whole_run
    example = re.search(r"kindred lookup (\S+)", result.stdout)
    assert example
    shouted = f"  {example[1].upper()} "
    [card] = json.loads(kindred(settings, "lookup", shouted, "--json").stdout)
    assert example[1] in {one["identifier_value"] for one in card["identifiers"]}
    assert {"attributes", "traits", "segments", "audiences", "consents"} <= card.keys()


def test_the_first_run_makes_people_and_nothing_else_if_a_destination_is_missing(
    built_warehouse: Settings, kindred: Kindred
) -> None:
    built_warehouse.database.unlink()
    built_warehouse.destinations.write_text("")
    result = kindred(built_warehouse, "run", "--people", "30")
    assert result.returncode == 1
    assert "Making 30 people and their records" in result.stderr
    with connect(built_warehouse, read_only=True) as connection:
        people = connection.execute("select count(*) from truth.people").fetchall()
        schemas = connection.execute("select distinct schema_name from duckdb_tables() order by 1").fetchall()
    assert people == [(30,)]
    assert schemas == [("raw",), ("truth",)]


def test_a_second_run_with_nothing_new_sends_nothing(built_warehouse: Settings, kindred: Kindred) -> None:
    result = kindred(built_warehouse, "run", "--json")
    assert result.returncode == 0, result.stderr
    syncs = json.loads(result.stdout)["summary"]["syncs"]
    assert [sync["status"] for sync in syncs] == ["succeeded"] * len(syncs)
    assert sum(sync["added"] + sync["updated"] + sync["removed"] for sync in syncs) == 0
