"""How a day is named, which rows of a ledger stood on it, and what cannot be told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from orchestration.days import Day, parse_day
from orchestration.past_rows import copy_ledger, ledgers, refuse_before_first_load
from orchestration.raw_tables import RawTable
from warehouse import REPOSITORY, KindredError, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Kindred

NOW = datetime(2026, 7, 2, 12, tzinfo=UTC)
DAY = Day("2026-06-30", datetime(2026, 7, 1))  # noqa: DTZ001  (the warehouse keeps UTC without a zone)


@pytest.mark.parametrize(
    ("text", "name", "as_of"),
    [
        ("2026-06-30", "2026-06-30", "2026-07-01 00:00:00"),
        (" 2026-07-01 ", "2026-07-01", "2026-07-02 00:00:00"),
        ("2024-02-29", "2024-02-29", "2024-03-01 00:00:00"),
        ("2026-06-30 04:00", "2026-06-30T040000", "2026-06-30 04:00:00"),
        ("2026-06-30T04:00:00+02:00", "2026-06-30T020000", "2026-06-30 02:00:00"),
        ("2026-07-02 12:00:00", "2026-07-02T120000", "2026-07-02 12:00:00"),
    ],
)
def test_a_date_is_its_end_and_a_moment_itself(text: str, name: str, as_of: str) -> None:
    day = parse_day(text, NOW)
    assert (day.name, day.text, day.is_whole) == (name, as_of, len(name) == 10)


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30", "30.06.2026", "", "9999-12-31"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(KindredError, match=r"^'.*' is no day: write it as 2026-06-30,|is not over yet"):
        parse_day(text, NOW)


@pytest.mark.parametrize("text", ["2026-07-02", "2030-01-01", "2026-07-02 12:00:01"])
def test_a_day_that_is_not_over_is_refused(text: str) -> None:
    with pytest.raises(KindredError, match=r"^20.* is not over yet: name a day before today"):
        parse_day(text, NOW)


def test_the_command_says_it_in_one_sentence(kindred: Kindred, nowhere: Settings) -> None:
    answer = kindred(nowhere, "day", "yesterday")
    assert answer.returncode == 1
    assert answer.stderr.startswith("'yesterday' is no day: write it as 2026-06-30")
    assert answer.stderr.count("\n") == 1


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as warehouse")
        yield connection


def _node(name: str, ledger: dict[str, Any] | None = None, parents: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "unique_id": name,
        "name": name,
        "alias": name,
        "schema": "segments",
        "fqn": ["kindred", "segments", name],
        "resource_type": "model",
        "config": {"full_refresh": False, "meta": {"ledger": ledger} if ledger else {}},
        "parents": parents,
    }


def _manifest(*nodes: dict[str, Any]) -> dict[str, Any]:
    return {
        "nodes": {node["unique_id"]: node for node in nodes},
        "parent_map": {node["unique_id"]: list(node["parents"]) for node in nodes},
    }


def test_a_ledger_is_wound_back_as_its_yaml_says(warehouse: duckdb.DuckDBPyConnection) -> None:
    """What the day itself began or ended is not there yet: the day's own build says it again."""
    warehouse.execute("create schema warehouse.segments")
    warehouse.execute(
        "create table warehouse.segments.stays as from (values"
        " ('stays', timestamp '2026-06-01', null), ('left before', timestamp '2026-06-01', timestamp '2026-06-15'),"
        " ('leaves that day', timestamp '2026-06-01', timestamp '2026-07-01'),"
        " ('leaves later', timestamp '2026-06-01', timestamp '2026-07-02'),"
        " ('enters that day', timestamp '2026-07-01', null), ('enters later', timestamp '2026-07-02', null)"
        ") as stays (who, entered_at, left_at)"
    )
    ledger = {"keep": "entered_at < horizon.as_of", "reopen": {"left_at": "left_at >= horizon.known_at"}}
    copy_ledger(warehouse, _node("stays", ledger), DAY)
    copied = warehouse.execute("select who, strftime(left_at, '%Y-%m-%d') from segments.stays order by all").fetchall()
    assert copied == [
        ("leaves later", None),
        ("leaves that day", None),
        ("left before", "2026-06-15"),
        ("stays", None),
    ]
    names = [row[0] for row in warehouse.execute("describe segments.stays").fetchall()]
    assert names == ["who", "entered_at", "left_at"]


def test_a_ledger_that_was_not_there_yet_is_left_out(warehouse: duckdb.DuckDBPyConnection) -> None:
    copy_ledger(warehouse, _node("stays", {"keep": "true"}), DAY)
    assert warehouse.execute("select count(*) from information_schema.tables").fetchall() == [(0,)]


def test_a_ledger_without_the_column_that_it_names_says_what_to_do(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("create schema warehouse.segments")
    warehouse.execute("create table warehouse.segments.stays as select 1 as number")
    with pytest.raises(KindredError, match=r"The ledger segments\.stays cannot be wound back .*run `kindred run` once"):
        copy_ledger(warehouse, _node("stays", {"keep": "seen_at < horizon.as_of"}), DAY)


def test_parents_are_copied_first_and_a_silent_ledger_is_refused() -> None:
    after, before = _node("a", {"keep": "true"}, ("b",)), _node("b", {"keep": "true"})
    assert [node["name"] for node in ledgers(_manifest(after, before))] == ["b", "a"]
    with pytest.raises(KindredError, match=r"^The model c outlives a rebuild and does not say how it stood"):
        ledgers(_manifest(_node("c")))


def test_a_day_before_the_first_load_is_refused(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("create schema warehouse.raw")
    warehouse.execute("create table warehouse.raw.visits as select timestamp '2026-07-01 00:00:00' as _loaded_at")
    visits = RawTable("web", "raw", "visits", "", {}, "stg_visits")
    with pytest.raises(KindredError, match=r"^Nothing had been loaded by 2026-07-01 00:00:00: the first row came at"):
        refuse_before_first_load(warehouse, [visits], DAY)
    warehouse.execute("insert into warehouse.raw.visits values (timestamp '2026-06-30 23:59:59')")
    refuse_before_first_load(warehouse, [visits], DAY)


@pytest.fixture
def nowhere(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, project=REPOSITORY / "dbt_project", destinations=tmp_path / "none.toml")
