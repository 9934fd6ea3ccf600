"""A warehouse of a handful of identifiers, written by hand in the shape of the identity models."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb
import pytest

from orchestration.dbt import Dbt
from orchestration.names import Reader

if TYPE_CHECKING:
    from warehouse import Settings

_RULES = "select unnest([trim($1), lower(trim($1)), replace(trim($1), ' ', '')]) as spelling, 0 as distance"
_TABLES = """
create schema identity;
create table identity.identifiers (
    identifier_id bigint, identifier_type text, identifier_value text,
    first_seen_at timestamp, last_seen_at timestamp, records bigint
);
create table identity.identity_links (
    link_id bigint, identifier_id bigint, anchor_identifier_id bigint, rule text, tier int, source text,
    record_id text, first_seen_at timestamp, last_seen_at timestamp, records bigint
);
create table identity.refused_links as select *, '' as refused_by, '' as reason from identity.identity_links;
create table identity.blocked_identifiers (
    identifier_id bigint, identifier_type text, identifier_value text, reason text, evidence text
);
create table identity.owners (identifier_id bigint, customer_id text);
create view identity.customer_identifiers as
    select owners.customer_id, identifiers.* from identity.owners inner join identity.identifiers using (identifier_id);
create table identity.identifier_observations (record_id text, identifier_type text, identifier_value text);
create table identity.record_customers (record_id text, source text, customer_id text);
create table identity.identity_assignments (
    identifier_id bigint, customer_id text, previous_customer_id text, change_kind text, assigned_as_of timestamp,
    run_number int
);
create table identity.identity_decisions (
    kind text, identifier_id bigint, other_identifier_id bigint, reason text, decided_by text
);
create table identity.customer_changes (
    change_id bigint, run_number int, assigned_as_of timestamp, change_kind text, customer_id text,
    other_customer_id text, identifiers bigint, link_id bigint, link_identifier_id bigint,
    link_other_identifier_id bigint, link_rule text, link_source text, link_record_id text, link_reason text
);
"""


@pytest.fixture(scope="session")
def rooms(whole_run: tuple[Settings, object]) -> None:
    """Where previews and rehearsals work, dbt has read the project, as an earlier one would have left it there."""
    settings, _ = whole_run
    for room in ("preview", "rehearsal"):
        aside = replace(settings, home=settings.home / room / "home")
        assert Dbt(aside, "2026-07-01 00:00:00").invoke("parse").success


class SmallIdentity(Reader):
    """The reader of such a warehouse, and ways to write into it."""

    def __init__(self) -> None:
        connection = duckdb.connect()
        connection.execute(_TABLES)
        super().__init__(connection, _RULES)

    def identifier(self, number: int, kind: str, value: str, customer: str | None, day: int = 1) -> None:
        """An identifier; without a customer a blocked one, a hub."""
        seen = f"2025-01-{day:02} 00:00:00"
        self._insert("identifiers", number, kind, value, seen, seen, 1)
        if customer:
            self._insert("owners", number, customer)
        else:
            self._insert("blocked_identifiers", number, kind, value, "hub", f"seen with 9 different values of {kind}")

    def link(self, near: int, far: int, *, rule: str = "email", tier: int = 2, records: int = 1, **other: str) -> None:
        """A link that holds, or, with a reason, one that is refused."""
        source, record = other.get("source", "shop"), other.get("record", f"shop_orders:{near}-{far}")
        row = (near * 1000 + far, near, far, rule, tier, source, record, "2025-02-01", "2025-03-01", records)
        if reason := other.get("reason"):
            self._insert("refused_links", *row, "max_per_customer", reason)
        else:
            self._insert("identity_links", *row)

    def record(self, record_id: str, customer: str | None, *identifiers: tuple[str, str]) -> None:
        """A record in which identifiers stood, and whose it is."""
        for kind, value in identifiers:
            self._insert("identifier_observations", record_id, kind, value)
        if customer:
            self._insert("record_customers", record_id, "shop", customer)

    def insert(self, table: str, **columns: object) -> None:
        """A row of any table."""
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        self.connection.execute(f"insert into identity.{table} ({names}) values ({marks})", list(columns.values()))

    def _insert(self, table: str, *values: object) -> None:
        self.connection.execute(f"insert into identity.{table} values ({', '.join('?' * len(values))})", list(values))


@pytest.fixture
def small_identity() -> SmallIdentity:
    """Nobody yet."""
    return SmallIdentity()


@pytest.fixture
def anna_and_otto() -> SmallIdentity:
    """Anna (c_anna) has an account, two addresses, a cookie; Otto (c_otto) an account; they share a telephone."""
    small = SmallIdentity()
    small.identifier(1, "user_id", "U7", "c_anna", day=2)
    small.identifier(2, "email", "anna@x.org", "c_anna", day=1)
    small.identifier(3, "email", "anna@work.org", "c_anna", day=3)
    small.identifier(4, "anonymous_id", "cookie-1", "c_anna", day=4)
    small.identifier(5, "phone", "+49151", "c_phone", day=5)
    small.identifier(6, "user_id", "U8", "c_otto", day=6)
    small.identifier(7, "user_id", "U99", None)
    small.link(2, 1, records=4)
    small.link(3, 1)
    small.link(4, 3, rule="anonymous_id", tier=4)
    reason = "it would give one customer 2 user_id values; at most 1 are allowed"
    small.link(5, 2, rule="phone", tier=3, reason=reason)
    small.link(5, 6, rule="phone", tier=3, reason=reason)
    small.record("shop_orders:1", "c_anna", ("email", "anna@x.org"), ("user_id", "U7"), ("user_id", "U99"))
    small.record("shop_orders:2", "c_otto", ("user_id", "U8"), ("user_id", "U99"))
    small.record("shop_orders:3", None, ("user_id", "U99"))
    return small
