"""A past day built again is that day: also when rows came late, customers merged and somebody withdrew since."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from dagster import DagsterInstance

from orchestration.days import files_of_days
from orchestration.dbt import Dbt
from orchestration.definitions import build_definitions
from orchestration.past_rows import LAYERS
from orchestration.schedules import DAY
from warehouse import REPOSITORY, Settings, connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

    from orchestration.dbt_events import NodeDone
    from tests.conftest import Kindred

# three runs and a day, and machines are busy
pytestmark = [pytest.mark.slow, pytest.mark.campaign, pytest.mark.timeout(1800)]

PEOPLE = 250
RUNS = ("2026-04-01", "2026-06-01", "2026-07-01")
"""The midnights at which runs were made. The second is the end of 2026-05-31, which is built again after the third."""
LEFT_OUT = ["customer_versions", "trait_history", "merged_trait_history"]
"""What counts builds, and the views that the snapshots give."""
DOCUMENT = (REPOSITORY / "docs" / "any_day.md").read_text()


@dataclass(frozen=True)
class Lived:
    """A warehouse that three runs have built, and what it was after the second."""

    settings: Settings
    as_it_was: Settings


@pytest.fixture(scope="module")
def lived(kindred: Kindred, tmp_path_factory: pytest.TempPathFactory) -> Lived:
    home = tmp_path_factory.mktemp("lived")
    settings = replace(Settings.from_env(), home=home / "home")
    kept = replace(settings, home=home / "kept")
    made = kindred(settings, "demo", "--people", str(PEOPLE))
    assert made.returncode == 0, made.stderr
    _dbt(settings, None, "seed")
    tables = _put_away(settings)
    for moment in RUNS:
        _load(settings, tables, moment)
        _dbt(settings, moment, "run", "--select", *(f"+kindred.{layer}" for layer in LAYERS))
        if moment == RUNS[1]:
            kept.home.mkdir()
            shutil.copy(settings.database, kept.database)
    return Lived(settings, kept)


def _put_away(settings: Settings) -> list[str]:
    """Nothing is loaded yet: the raw rows wait in a schema that no model reads."""
    with connect(settings) as connection:
        found = connection.execute(
            "select table_name from duckdb_columns() where schema_name = 'raw' and column_name = '_loaded_at'"
        ).fetchall()
        tables = sorted(name for (name,) in found)
        connection.execute("create schema waiting")
        for name in tables:
            connection.execute(f"create table waiting.{name} as from raw.{name}")
            connection.execute(f"delete from raw.{name}")
    return tables


def _load(settings: Settings, tables: list[str], moment: str) -> None:
    """What reached the warehouse before that moment, late rows among it."""
    with connect(settings) as connection:
        for name in tables:
            connection.execute(f"insert into raw.{name} from waiting.{name} where _loaded_at < '{moment}'")
            connection.execute(f"delete from waiting.{name} where _loaded_at < '{moment}'")


def _dbt(settings: Settings, moment: str | None, *arguments: str) -> None:
    ran = Dbt(settings, f"{moment} 00:00:00" if moment else None).invoke(*arguments)
    assert ran.success, ran.exception


def _nobody(_node: NodeDone) -> None:
    return


@pytest.fixture(scope="module")
def again(lived: Lived) -> Path:
    """The day's file, as Dagster builds its partition."""
    graph = build_definitions(lived.settings, Dbt(lived.settings).manifest(), _nobody)
    with DagsterInstance.ephemeral() as instance:
        ran = graph.resolve_job_def(DAY).execute_in_process(partition_key="2026-05-31", instance=instance)
    assert ran.success
    [file] = files_of_days(lived.settings)
    assert not list(file.parent.glob("building/*.duckdb*"))
    return file


@pytest.fixture
def was(lived: Lived, again: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse as it was, with the day's file."""
    yield from _opened(lived.as_it_was, again)


@pytest.fixture
def now(lived: Lived, again: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of now, with the day's file."""
    yield from _opened(lived.settings, again)


def _opened(settings: Settings, again: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(settings, read_only=True) as connection:
        connection.execute(f"attach '{again}' as again (read_only)")
        yield connection


def _rows(connection: duckdb.DuckDBPyConnection, query: str, **values: object) -> list[Any]:
    return connection.execute(query, values).fetchall()


def _tables(connection: duckdb.DuckDBPyConnection, catalog: str) -> set[tuple[str, str]]:
    query = (
        "select table_schema, table_name from information_schema.tables where table_catalog = $catalog"
        " and list_contains($layers, table_schema) and not contains(table_name, '__')"
        " and not list_contains($left_out, table_name)"
    )
    return set(_rows(connection, query, catalog=catalog, layers=LAYERS, left_out=LEFT_OUT))


def _differs(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    one, other = f"again.{table}", f"kindred.{table}"
    differences = f"(from {one} except all from {other}) union all (from {other} except all from {one})"
    same_columns = _rows(connection, f"describe {one}") == _rows(connection, f"describe {other}")
    return not same_columns or bool(_rows(connection, f"select 1 from ({differences}) limit 1"))


def test_much_has_come_since_that_speaks_of_that_day(now: duckdb.DuckDBPyConnection) -> None:
    """Else the test below would prove nothing."""
    kinds = "select distinct change_kind from identity.customer_changes where run_number = 3"
    assert {("merge",), ("split",), ("mint",)} <= set(_rows(now, kinds))
    late = "select count(*) from identity.identifier_observations where occurred_at < $day and loaded_at >= $day"
    assert _rows(now, late, day=datetime.fromisoformat(RUNS[1])) > [(5,)]
    withdrawn = "select count(*) from consent.consent_events where not is_grant and occurred_at >= $day"
    assert _rows(now, withdrawn, day=datetime.fromisoformat(RUNS[1])) > [(0,)]


def test_the_day_is_what_it_was_in_every_table(was: duckdb.DuckDBPyConnection) -> None:
    assert _tables(was, "again") == _tables(was, "kindred")
    assert len(_tables(was, "again")) > 100
    assert [
        f"{schema}.{name}" for schema, name in sorted(_tables(was, "again")) if _differs(was, f"{schema}.{name}")
    ] == []


def _documented(sign: str) -> str:
    [query] = [block for block in re.findall(r"```sql\n(.*?)```", DOCUMENT, re.DOTALL) if sign in block]
    return query.replace(":customer_id", "$customer_id").replace(":day", "$day").strip().rstrip(";")


@pytest.fixture
def traits(now: duckdb.DuckDBPyConnection) -> list[str]:
    """The recorded traits that are kept as they are."""
    digests = "select distinct trait from customer_360.trait_history where starts_with(value, '#')"
    hidden = {"customer_id", "traits_hash", "valid_from", "valid_to", *(trait for (trait,) in _rows(now, digests))}
    columns = [column for column, *_ in _rows(now, "describe customer_360.customer_snapshots")]
    kept = [column for column in columns if column not in hidden]
    assert len(kept) > 100
    return kept


def test_the_documented_question_about_a_day_gives_the_customers_of_that_day(
    now: duckdb.DuckDBPyConnection, traits: list[str]
) -> None:
    """Asked of the snapshots of now, a month later, for everybody."""
    question, columns = _documented("and (valid_to > :day"), ", ".join(["customer_id", *traits])
    said = _rows(now, f"select {columns} from ({question}) order by 1", day=datetime.fromisoformat(RUNS[1]))
    assert said == _rows(now, f"select {columns} from again.customer_360.customers order by 1")
    assert len(said) > PEOPLE / 2


def test_the_history_of_each_trait_says_what_it_was_on_that_day(
    now: duckdb.DuckDBPyConnection, traits: list[str]
) -> None:
    """Asked of the view, of everybody who changed since or before."""
    day, question = datetime.fromisoformat(RUNS[1]), _documented("order by trait, valid_from;")
    texts = ", ".join(f"cast({trait} as varchar)" for trait in traits)
    changed = "select customer_id from customer_360.customer_snapshots group by 1 having count(*) > 1"
    customers = _rows(
        now, f"select customer_id, {texts} from again.customer_360.customers where customer_id in ({changed})"
    )
    assert len(customers) > PEOPLE / 4
    for customer, *values in customers:
        spans = _rows(now, question, customer_id=customer)
        said = {trait: value for trait, value, begun, ended in spans if begun <= day and (ended is None or ended > day)}
        was = {trait: value for trait, value in zip(traits, values, strict=True) if value is not None}
        assert {trait: value for trait, value in said.items() if trait in traits} == was


def test_who_was_merged_since_has_their_past_under_the_customer_of_now(now: duckdb.DuckDBPyConnection) -> None:
    merges = (
        "select customer_id, other_customer_id from identity.customer_changes"
        " where change_kind = 'merge' and run_number = 3"
    )
    for gone, stays in _rows(now, merges):
        owners = {row[0] for row in _rows(now, _documented("merged_trait_history"), customer_id=stays)}
        assert {gone, stays} <= owners


def test_only_who_changed_was_written(now: duckdb.DuckDBPyConnection) -> None:
    nothing_new = (
        "select * from customer_360.customer_snapshots as earlier"
        " inner join customer_360.customer_snapshots as later using (customer_id, traits_hash)"
        " where later.valid_from = earlier.valid_to"
    )
    assert _rows(now, nothing_new) == []
