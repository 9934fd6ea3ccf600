"""What the sources say must fit together wherever no mess came between."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import duckdb
import pytest
from email_validator import validate_email
from phonenumbers import format_number, is_valid_number, parse
from phonenumbers.phonenumberutil import PhoneNumberFormat

from demo import Mess
from demo.options import KINDS
from demo.population.words import COUNTRIES
from demo.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from warehouse import Settings


def _empty(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    assert connection.sql(query).fetchall() == []


@pytest.mark.parametrize(
    ("orders", "items", "key"),
    [
        ("shop_orders", "shop_order_items", "order_id"),
        ("pos_receipts", "pos_receipt_items", "receipt_id"),
    ],
)
def test_the_lines_of_each_order_add_up_to_what_was_paid(
    clean: duckdb.DuckDBPyConnection, orders: str, items: str, key: str
) -> None:
    _empty(
        clean,
        f"""
        with sums as (
            select {key}, sum(quantity::int * unit_price::decimal(18, 2) - discount_amount::decimal(18, 2)) as total
            from raw.{items} group by {key}
        )
        select * from raw.{orders} inner join sums using ({key}) where total <> total_amount::decimal(18, 2)
    """,
    )
    _empty(clean, f"select * from raw.{items} where {key} not in (select {key} from raw.{orders})")
    _empty(clean, f"select * from raw.{orders} where tax_amount::decimal(18, 2) > total_amount::decimal(18, 2) / 4")


def test_an_order_is_completed_when_it_is_paid(clean: duckdb.DuckDBPyConnection) -> None:
    _empty(
        clean,
        """
        with latest as (
            select * from raw.shop_orders
            qualify row_number() over (partition by order_id order by _loaded_at desc) = 1
        ),
        paid as (select distinct order_id from raw.shop_payments where status = 'paid')
        select status, order_id in (select order_id from paid) as is_paid from latest
        where (status = 'completed' and not is_paid) or (status = 'pending' and is_paid)
    """,
    )
    _empty(
        clean,
        """
        select * from raw.shop_refunds as refunds
        inner join raw.shop_orders as orders using (order_id)
        where refunds.amount::decimal(18, 2) > orders.total_amount::decimal(18, 2)
            or refunds.refunded_at::timestamptz < orders.ordered_at::timestamptz
    """,
    )


def test_everything_lies_within_the_two_years_and_is_loaded_by_their_end(messy: duckdb.DuckDBPyConnection) -> None:
    for table in TABLES:
        if table.required_time:
            moment = f"try_cast({table.required_time} as timestamptz)"
            outside = f"{moment} < '2024-06-30' or {moment} >= '2026-07-01' or _loaded_at >= '2026-07-01'"
            _empty(messy, f"select {table.key}, {moment} from raw.{table.name} where {outside} limit 5")


def test_each_record_has_one_owner(messy: duckdb.DuckDBPyConnection) -> None:
    _empty(messy, "select record_id from truth.record_owners group by all having count(*) > 1")
    for table in TABLES:
        _empty(
            messy,
            f"""
            select {table.key} from raw.{table.name}
            where {table.key} <> ''
                and '{table.name}:' || {table.key} not in (select record_id from truth.record_owners)
        """,
        )
    known = ", ".join(f"'{kind}'" for kind in KINDS)
    _empty(messy, f"select * from truth.record_owners where mess not in ({known})")
    _empty(messy, "select * from truth.record_owners anti join truth.people using (person_id) where person_id <> ''")


def test_without_mess_each_persons_identifiers_hang_together_and_nobody_elses(clean: duckdb.DuckDBPyConnection) -> None:
    components = _Components()
    owner_of: dict[str, str] = dict(
        clean.sql("select record_id, person_id from truth.record_owners where is_identifiable").fetchall()
    )
    record_at: dict[str, tuple[str, str]] = {}
    same = {"card_number": "loyalty_card"}
    for table in TABLES:
        names = [name for name in table.identifiers if name != "contact_id"]
        if not names:
            continue
        for key, *values in clean.sql(f"select {table.key}, {', '.join(names)} from raw.{table.name}").fetchall():
            found = [(same.get(name, name), value) for name, value in zip(names, values, strict=True) if value]
            for identifier in found:
                components.join(found[0], identifier)
            if found:
                record_at[f"{table.name}:{key}"] = found[0]
    assert record_at.keys() == owner_of.keys()
    pairs = {(owner_of[record], components.root(identifier)) for record, identifier in record_at.items()}
    people, clusters = {person for person, _ in pairs}, {cluster for _, cluster in pairs}
    assert len(people) == len(clusters) == len(pairs) == 1_000


class _Components:
    def __init__(self) -> None:
        self._parent: dict[tuple[str, str], tuple[str, str]] = {}

    def root(self, node: tuple[str, str]) -> tuple[str, str]:
        while (above := self._parent.setdefault(node, node)) != node:
            self._parent[node] = node = self._parent[above]
        return node

    def join(self, one: tuple[str, str], other: tuple[str, str]) -> None:
        self._parent[self.root(one)] = self.root(other)


def test_phone_numbers_are_valid_and_every_way_to_write_one_means_the_same(make: Callable[..., Settings]) -> None:
    settings = make(people=600, mess=Mess.parse(["none", "format_variations=0.6"]))
    with duckdb.connect(str(settings.database), read_only=True) as connection:
        rows = connection.sql("""
            select raw.phone, raw.country, people.phone
            from raw.shop_customers as raw
            inner join truth.record_owners as owners on owners.record_id = 'shop_customers:' || raw.user_id
            inner join truth.people as people using (person_id)
            where raw.phone is not null
        """).fetchall()
    assert len({re.sub("[0-9]+", "9", written) for written, _, _ in rows}) >= 8
    assert {country for _, country, _ in rows} == {country.code for country in COUNTRIES}
    for written, country, phone in rows:
        parsed = parse(written, country)
        assert is_valid_number(parsed), written
        assert format_number(parsed, PhoneNumberFormat.E164) == phone


def test_emails_are_valid_and_nobody_shares_one_by_chance(
    messy: duckdb.DuckDBPyConnection, clean: duckdb.DuckDBPyConnection
) -> None:
    for (email,) in messy.sql("select email from truth.people").fetchall():
        validate_email(email, check_deliverability=False, test_environment=True)
    for column in ("email", "phone"):
        _empty(clean, f"select {column} from truth.people group by all having count(*) > 1")
