"""What happened to a customer: who became part of it, what came off, and which link did it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.identity_graph import Identifier

if TYPE_CHECKING:
    from datetime import datetime

    from orchestration.names import Reader


@dataclass(frozen=True)
class Change:
    """Something that happened to the customer.

    Attributes:
        change_kind: `merge` (one became part of the other), `split` (one came off the other), `move` (identifiers went
            from one to the other).
        is_arrival: whether this customer gained by it; of a split, whether it is the new one.
        customer_id: the other customer.
        identifiers: how many identifiers changed hands.
        assigned_as_of: the moment that the build looked back from.
        run_number: which build it was.
        near: the end of the link that did it on the side that moved; None if no link did.
        far: its other end.
        rule: the link's rule.
        source: where the link stood first.
        record_id: in which record.
        reason: why the link is refused, where that did it.
    """

    change_kind: str
    is_arrival: bool
    customer_id: str
    identifiers: int
    assigned_as_of: datetime
    run_number: int
    near: Identifier | None
    far: Identifier | None
    rule: str | None
    source: str | None
    record_id: str | None
    reason: str | None


def changes_of(reader: Reader, customer_id: str) -> list[Change]:
    """What happened to a customer, the oldest first; its minting apart."""
    return [_change(row) for row in reader.rows(_CHANGES, customer_id)]


def _change(row: dict[str, Any]) -> Change:
    near, far = (_end(row.pop(f"{side}_type"), row.pop(f"{side}_value"), row.pop(f"{side}_id")) for side in _SIDES)
    return Change(**row, near=near, far=far)


def _end(identifier_type: str | None, value: str | None, identifier_id: int | None) -> Identifier | None:
    if identifier_type is None or value is None or identifier_id is None:
        return None
    return Identifier(identifier_id, identifier_type, value)


_SIDES = ("near", "far")
_CHANGES = """
select
    changes.change_kind,
    (changes.other_customer_id = $1) = (changes.change_kind <> 'split') as is_arrival,
    case when changes.customer_id = $1 then changes.other_customer_id else changes.customer_id end as customer_id,
    changes.identifiers, changes.assigned_as_of, changes.run_number,
    near.identifier_id as near_id, near.identifier_type as near_type, near.identifier_value as near_value,
    far.identifier_id as far_id, far.identifier_type as far_type, far.identifier_value as far_value,
    changes.link_rule as rule, changes.link_source as source, changes.link_record_id as record_id,
    changes.link_reason as reason
from identity.customer_changes as changes
left join identity.identifiers as near on changes.link_identifier_id = near.identifier_id
left join identity.identifiers as far on changes.link_other_identifier_id = far.identifier_id
where changes.other_customer_id is not null and $1 in (changes.customer_id, changes.other_customer_id)
order by changes.run_number, changes.change_id
"""
