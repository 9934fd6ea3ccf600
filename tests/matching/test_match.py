"""From the warehouse and back: all the scores or none, the same ones each time, and one sentence where it cannot be."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from matching import match, match_in
from tests.matching.conftest import Person, strangers, table_of
from warehouse import REPOSITORY, KindredError, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ANNA: Person = {"first_name": "anna", "last_name": "muster", "birth_date": "1984-05-17", "postal_code": "53111"}
PEOPLE = [ANNA, ANNA | {"last_name": "musterr"}, *strangers(300)]
MADE = """
create schema identity;
create table identity.matching_records as select *, timestamp '2026-07-01 00:00:00' as as_of from people;
create table identity.matching_scores (
    identifier_id bigint, other_identifier_id bigint check (other_identifier_id <> 13), score decimal(7, 6),
    evidence varchar, model_version varchar, scored_as_of timestamp, is_contradicted boolean
);
insert into identity.matching_scores (identifier_id, other_identifier_id) values (98, 99);
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, project=REPOSITORY / "dbt_project", destinations=tmp_path / "none.toml")


@pytest.fixture
def warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    people = table_of(PEOPLE)
    with duckdb.connect(str(settings.database)) as connection:
        connection.register("people", people)
        connection.execute(MADE)
        connection.unregister("people")
        yield connection


def ledger(connection: duckdb.DuckDBPyConnection) -> list[Any]:
    return connection.execute("select * from identity.matching_scores").fetchall()


def test_the_scores_are_replaced_and_a_rerun_writes_the_same(
    settings: Settings, warehouse: duckdb.DuckDBPyConnection
) -> None:
    warehouse.close()
    first = match(settings)
    with duckdb.connect(str(settings.database)) as connection:
        written = ledger(connection)
        assert match_in(connection) == first
        assert ledger(connection) == written
        tables = connection.execute("select schema_name, table_name from duckdb_tables() order by all").fetchall()
    assert (first.people, first.pairs) == (302, 1)
    assert [row[:2] for row in written] == [(1, 2)]
    assert str(written[0][5]) == "2026-07-01 00:00:00"
    assert tables == [("identity", "matching_records"), ("identity", "matching_scores")]


def test_scores_that_cannot_be_written_leave_the_old_ones(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("update identity.matching_records set identifier_id = 13 where identifier_id = 2")
    warehouse.execute("update identity.matching_records set identifier_id = 2 where last_name = 'family0'")
    before = ledger(warehouse)
    with pytest.raises(duckdb.ConstraintException):
        match_in(warehouse)
    warehouse.rollback()
    assert ledger(warehouse) == before


def test_where_nothing_is_built_one_sentence_says_what_to_do(settings: Settings) -> None:
    with pytest.raises(KindredError, match=r"^There is no warehouse at .* run `kindred run` first\.$"):
        match(settings)
    with duckdb.connect(str(settings.database)):
        pass
    with pytest.raises(KindredError, match=r"^There is nobody to compare yet: run `kindred run` first\.$"):
        match(settings)


@pytest.mark.parametrize(
    "start", ["from orchestration.cli import main; main(['match'])", "import runpy; runpy.run_module('matching')"]
)
def test_without_the_extra_one_sentence_says_what_to_install(settings: Settings, start: str) -> None:
    """`None` in sys.modules is how Python itself says that a package cannot be imported."""
    if "runpy" in start:
        start = start.replace("'matching')", "'matching', run_name='__main__')")
    ran = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.modules['splink'] = None; {start}"],
        env={**settings.environment(), "PATH": ""},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert ran.stderr == (
        "Matching by likeness needs the optional extra: `pip install 'kindred[fuzzy]'` installs it.\n"
    )
