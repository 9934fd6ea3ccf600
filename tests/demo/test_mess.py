from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from demo import DemoOptions, Mess, generate
from demo.mess.words import PLACEHOLDERS
from demo.options import KINDS
from demo.schema import BY_NAME, TABLES
from warehouse import Settings

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> float:
    return float(connection.execute(query).fetchall()[0][0])


def test_kinds_are_the_rates_and_clean() -> None:
    assert ("clean", *(kind.name for kind in fields(Mess))) == KINDS


def test_a_world_without_mess_is_clean(clean: duckdb.DuckDBPyConnection) -> None:
    assert clean.sql("select distinct mess from truth.record_owners").fetchall() == [("clean",)]
    assert _one(clean, "select count(*) from truth.broken_rows") == 0
    for table in TABLES:
        versions = f"select count(*) - count(distinct ({table.key}, _loaded_at)) from raw.{table.name}"
        assert _one(clean, versions) == 0, table.name


@pytest.mark.parametrize("kind", [kind.name for kind in fields(Mess)])
def test_each_rate_makes_its_own_mess_and_no_other(kind: str, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, project=tmp_path, destinations=tmp_path)
    generate(settings, DemoOptions(people=250, mess=Mess.parse(["none", f"{kind}=0.5"])), quiet=True)
    owners = pq.read_table(settings.raw / "truth" / "record_owners")
    assert set(owners["mess"].to_pylist()) == {"clean", kind}


def test_rates_of_rows_are_the_shares_of_rows(messy: duckdb.DuckDBPyConnection) -> None:
    mess, rows = Mess(), _one(messy, "select count(*) from raw.web_events")
    twice = _one(messy, "select count(*) - count(distinct event_id) from raw.web_events where event_id <> ''")
    late = _one(
        messy,
        "select count(*) from raw.web_events where _loaded_at > try_cast(occurred_at as timestamptz) + interval 1 day",
    )
    broken = _one(messy, "select count(*) from truth.broken_rows where raw_table = 'web_events'")
    assert twice / rows == pytest.approx(mess.duplicate_rows, rel=0.2)
    assert late / rows == pytest.approx(mess.late_rows, rel=0.2)
    assert broken / rows == pytest.approx(mess.broken_rows, rel=0.3)


def test_every_broken_row_is_listed_and_nothing_else_is_unreadable(messy: duckdb.DuckDBPyConnection) -> None:
    for table in TABLES:
        listed = dict(
            messy.execute(
                "select kind, count(*) from truth.broken_rows where raw_table = ? group by all", [table.name]
            ).fetchall()
        )
        missing = _one(messy, f"select count(*) from raw.{table.name} where coalesce({table.key}, '') = ''")
        assert missing == listed.pop("missing_id", 0), table.name
        if table.required_time:
            assert _one(messy, _unreadable_times(table.name)) == listed.pop("unreadable_time", 0), table.name
        if table.amount:
            number = f"try_cast(replace({table.amount}, ',', '.') as decimal(18, 2))"
            unreadable = f"select count(*) from raw.{table.name} where {number} is null"
            assert _one(messy, unreadable) == listed.pop("unreadable_amount", 0), table.name
        assert not listed


def _unreadable_times(table: str) -> str:
    column = BY_NAME[table].required_time
    return f"""
        select count(*) from raw.{table}
        where try_cast({column} as timestamptz) is null
            and try_strptime({column}, '%d/%m/%Y %H:%M') is null
            and not regexp_full_match(coalesce({column}, ''), '[0-9]{{13}}')
    """


def test_broken_records_are_named_as_staging_names_them(messy: duckdb.DuckDBPyConnection) -> None:
    unknown = """
        select count(*) from truth.broken_rows
        where record_id is not null and record_id not in (select record_id from truth.record_owners)
    """
    assert _one(messy, "select count(*) from truth.broken_rows where record_id is not null") > 0
    assert _one(messy, unknown) == 0


def test_a_store_tablet_carries_an_account_like_anybodys_and_many_customers(messy: duckdb.DuckDBPyConnection) -> None:
    users = messy.sql("""
        select user_id
        from raw.shop_orders
        where user_id is not null and user_id not in (select user_id from raw.shop_customers where user_id is not null)
        group by user_id
        having count(distinct email) > 5
    """).fetchall()
    assert len(users) == 4
    assert all(re.fullmatch("U[0-9]{8}", user) for (user,) in users)


def test_placeholders_are_not_identifiers_of_anybody(messy: duckdb.DuckDBPyConnection) -> None:
    values = [value for options in PLACEHOLDERS.values() for value in options]
    query = """
        select count(*) from raw.support_tickets
        inner join truth.record_owners on record_id = 'support_tickets:' || ticket_id
        where is_identifiable and user_id is null
            and coalesce(email in $values, true) and coalesce(phone in $values, true)
    """
    assert messy.execute(query, {"values": values}).fetchall() == [(0,)]


def test_the_two_crms_number_their_contacts_alike(clean: duckdb.DuckDBPyConnection) -> None:
    query = "select count(*) from raw.crm_north_contacts inner join raw.crm_south_contacts using (contact_id)"
    assert _one(clean, query) > 50
