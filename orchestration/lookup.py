"""Everything that is known of one customer, by any of their identifiers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.memberships import last_changes
from orchestration.money import base_currency
from orchestration.names import find, reading
from warehouse import KindredError

if TYPE_CHECKING:
    from orchestration.names import Found, Reader, Rows
    from warehouse import Settings


@dataclass(frozen=True)
class Card:
    """One customer.

    Attributes:
        identifiers: what names them, with when and how often it was seen.
        attributes: the golden record, with where each value comes from and which values lost.
        traits: the other columns of `customers`.
        segments: those that they are in.
        movements: when they last entered and left each segment, and why.
        audiences: each sync of those segments, and why they are, or are not, in it.
        consents: what they allowed or forbade.
        suppressions: why nothing is sent to them at all.
        delivered: what destinations hold of them.
        lately: the last things that happened to them, the newest first.
        currency: what amounts of money in the traits are in.
        note: how they were found, if that is news: the name is that of a record, or of a customer who is no more.
    """

    customer_id: str
    identifiers: Rows
    attributes: Rows
    traits: dict[str, Any]
    segments: list[str]
    movements: Rows
    audiences: Rows
    consents: Rows
    suppressions: Rows
    delivered: Rows
    lately: Rows
    currency: str
    note: str | None = None


def lookup(settings: Settings, identifier: str) -> list[Card]:
    """The cards of everybody whom a name means: one, or several where its type was not said.

    Args:
        settings: where the warehouse is.
        identifier: an e-mail address, phone number, card, id, … as people write it, `type:value`, a customer_id, also
            of a customer who is no more, or a record_id.

    Raises:
        KindredError: nobody has it.
    """
    with reading(settings) as reader:
        found = find(reader, identifier)
        notes = {str(one.customer_id): one.note for one in found if one.customer_id}
        if not notes:
            raise KindredError(_nobody(identifier, found))
        currency = base_currency(settings)
        return [_card(reader, customer_id, currency, note) for customer_id, note in notes.items()]


def _card(reader: Reader, customer_id: str, currency: str, note: str | None) -> Card:
    def rows(query: str) -> Rows:
        return reader.rows(query, customer_id)

    attributes = rows(_ATTRIBUTES)
    golden = {row["attribute"] for row in attributes}
    [customer] = rows("select * from customer_360.customers where customer_id = ?")
    return Card(
        customer_id=customer_id,
        identifiers=rows(_IDENTIFIERS),
        attributes=attributes,
        traits={name: value for name, value in customer.items() if name not in golden and value is not None},
        segments=[str(row["segment"]) for row in rows(_SEGMENTS)],
        movements=last_changes(reader, customer_id),
        audiences=rows(_AUDIENCES),
        consents=rows(_CONSENTS),
        suppressions=rows(_SUPPRESSIONS),
        delivered=rows(_DELIVERED),
        lately=rows(_LATELY),
        currency=currency,
        note=note,
    )


def _nobody(identifier: str, found: list[Found]) -> str:
    for one in found:
        if one.blocked:
            return f"{identifier} names nobody: no {one.identifier_type} of this value may, because {one.blocked}."
        if one.note:
            return one.note
    return (
        f"No customer has the identifier {identifier}: look for another one, or load its source and run `kindred run`."
    )


def to_json(cards: list[Card]) -> str:
    """The cards for a script."""
    return json.dumps([vars(card) for card in cards], default=str, ensure_ascii=False, indent=2)


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
select sync, segment, decision, reason, detail from activation.audience_decisions where customer_id = ? order by 1
"""
_CONSENTS = """
select purpose, channel, recipient, is_granted, policy_version, jurisdiction, decided_at
from consent.consents where customer_id = ? order by 1, 2, 3
"""
_SUPPRESSIONS = "select channel, reason, since from consent.suppressions where customer_id = ? order by 1, 2"
_DELIVERED = """
select sync, destination, delivered_at from activation.delivered_records where customer_id = ? order by 1
"""
_LATELY = """
select event_number, occurred_at, event_type, source, detail
from customer_360.timeline where customer_id = ? order by event_number desc limit 10
"""
