"""Everything that is known of one customer, by any of their identifiers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.normalise import spellings
from warehouse import KindredError, connect

if TYPE_CHECKING:
    from warehouse import Settings

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Card:
    """One customer.

    Attributes:
        identifiers: what names them, with when and how often it was seen.
        attributes: the golden record, with where each value comes from and which values lost.
        traits: the other columns of `customers`.
        segments: those that they are in.
        audiences: each sync of those segments, and why they are, or are not, in it.
        consents: what they allowed or forbade.
        suppressions: why nothing is sent to them at all.
        delivered: what destinations hold of them.
    """

    customer_id: str
    identifiers: Rows
    attributes: Rows
    traits: dict[str, Any]
    segments: list[str]
    audiences: Rows
    consents: Rows
    suppressions: Rows
    delivered: Rows


def lookup(settings: Settings, identifier: str) -> list[Card]:
    """The cards of everybody whom an identifier names: one, or several where its type was not said.

    Args:
        settings: where the warehouse is.
        identifier: an e-mail address, phone number, card, id, … as people write it, or a customer_id.

    Raises:
        KindredError: nobody has it.
    """
    try:
        wanted = spellings(settings, identifier)
        with connect(settings, read_only=True) as connection:
            customers = _rows(connection, _FIND, wanted)
            if not customers:
                raise KindredError(_nobody(connection, identifier, wanted))
            return [_card(connection, str(row["customer_id"])) for row in customers]
    except duckdb.CatalogException:
        raise KindredError("The customers are not built yet: run `kindred run` first.") from None


def _card(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Card:
    def rows(query: str) -> Rows:
        return _rows(connection, query, customer_id)

    attributes = rows(_ATTRIBUTES)
    golden = {row["attribute"] for row in attributes}
    [customer] = rows("select * from customer_360.customers where customer_id = ?")
    return Card(
        customer_id=customer_id,
        identifiers=rows(_IDENTIFIERS),
        attributes=attributes,
        traits={name: value for name, value in customer.items() if name not in golden and value is not None},
        segments=[str(row["segment"]) for row in rows(_SEGMENTS)],
        audiences=rows(_AUDIENCES),
        consents=rows(_CONSENTS),
        suppressions=rows(_SUPPRESSIONS),
        delivered=rows(_DELIVERED),
    )


def _nobody(connection: duckdb.DuckDBPyConnection, identifier: str, wanted: list[str]) -> str:
    blocked = _rows(connection, _BLOCKED, wanted)
    if blocked:
        return (
            f"{identifier} names nobody: it is blocked as a {blocked[0]['identifier_type']} ({blocked[0]['reason']})."
        )
    return (
        f"No customer has the identifier {identifier}: look for another one, or load its source and run `kindred run`."
    )


def _rows(connection: duckdb.DuckDBPyConnection, query: str, value: str | list[str]) -> Rows:
    found = connection.execute(query, [value])
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def to_json(cards: list[Card]) -> str:
    """The cards for a script."""
    return json.dumps([vars(card) for card in cards], default=str, ensure_ascii=False, indent=2)


_FIND = """
with wanted as (select unnest(?) as value)
select distinct customer_id from (
    select customer_id from identity.customer_identifiers where identifier_value in (select value from wanted)
    union all
    select customer_id from customer_360.customers where customer_id in (select value from wanted)
) order by 1
"""
_BLOCKED = """
select identifier_type, reason from identity.blocked_identifiers where list_contains(?, identifier_value) order by 1, 2
"""
_IDENTIFIERS = """
select identifier_type, identifier_value, first_seen_at, last_seen_at, records
from identity.customer_identifiers where customer_id = ? order by identifier_type, last_seen_at desc, identifier_value
"""
_ATTRIBUTES = """
select attribute, value, source, record_id, observed_at, rule, other_values
from customer_360.customer_attributes where customer_id = ? order by attribute
"""
_SEGMENTS = "select segment from segments.segment_memberships where customer_id = ? order by 1"
_AUDIENCES = """
select sync, segment, decision, reason from activation.audience_decisions where customer_id = ? order by 1
"""
_CONSENTS = """
select purpose, channel, recipient, is_granted, policy_version, jurisdiction, decided_at
from consent.consents where customer_id = ? order by 1, 2, 3
"""
_SUPPRESSIONS = "select channel, reason, since from consent.suppressions where customer_id = ? order by 1, 2"
_DELIVERED = """
select sync, destination, delivered_at from activation.delivered_records where customer_id = ? order by 1
"""
