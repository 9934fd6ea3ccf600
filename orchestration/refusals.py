"""What kept two customers apart: the links that were refused between them, and what both have but is blocked."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import networkx as nx

from orchestration.identity_graph import Identifier, strength
from orchestration.names import why_blocked

if TYPE_CHECKING:
    from datetime import datetime

    from orchestration.names import Reader

_FURTHEST = 6


@dataclass(frozen=True)
class Refusal:
    """A link that does not hold.

    Attributes:
        near: the end that belongs to the customer one comes from.
        far: the end that belongs to the next customer.
        near_customer_id: whose the one is.
        far_customer_id: whose the other is.
        source: the source of the first record in which both stood.
        record_id: that record.
        records: in how many records both stood.
        first_seen_at: when first, in UTC.
        last_seen_at: when last, in UTC.
        rule: the rule that looked at it.
        refused_by: the code of what spoke against it; None where the warehouse does not say.
        reason: what spoke against it, as a sentence without its beginning.
        others: how many more links were refused between the same two customers.
    """

    near: Identifier
    far: Identifier
    near_customer_id: str
    far_customer_id: str
    source: str | None
    record_id: str | None
    records: int
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    rule: str
    refused_by: str | None
    reason: str
    others: int


@dataclass(frozen=True)
class SharedBlocked:
    """An identifier that links nobody and stood in records of both customers."""

    identifier_type: str
    identifier_value: str
    why: str
    records_of_one: int
    records_of_other: int


def refusals_between(reader: Reader, one: str, other: str) -> list[Refusal]:
    """The fewest refused links that lead from one customer to another; none if they are too far apart.

    A contested identifier is a customer of its own, so that two families who share a telephone are two steps apart.
    """
    graph = _surroundings(reader, one, other)
    if not (graph.has_node(one) and graph.has_node(other) and nx.has_path(graph, one, other)):
        return []
    path = nx.shortest_path(graph, one, other)
    return [_refusal(graph.edges[pair]["links"], *pair) for pair in pairwise(path)]


def shared_blocked(reader: Reader, one: str, other: str) -> list[SharedBlocked]:
    """Blocked identifiers that stood in records of both customers, the most frequent first."""
    rows = reader.rows(_SHARED, one, other, one, other)
    return [
        SharedBlocked(why=why_blocked(row.pop("reason"), row.pop("evidence")), **row)  # type and value, and two counts
        for row in rows
    ]


def customers_seen_with(reader: Reader, identifier_type: str, identifier_value: str) -> int:
    """How many customers have a record in which an identifier stood."""
    [row] = reader.rows(_SEEN_WITH, identifier_type, identifier_value)
    return int(row["customers"])


def _surroundings(reader: Reader, one: str, other: str) -> nx.Graph:
    """The customers around one, ring by ring over refused links, until the other is reached or nobody is new."""
    graph = nx.Graph()
    ring = {one}
    for _ in range(_FURTHEST):
        known = set(graph)
        for link in sorted(reader.rows(_REFUSED, sorted(ring)), key=strength):
            _add(graph, link)
        ring = set(graph) - known - {one}
        if not ring or other in ring:
            break
    return graph


def _add(graph: nx.Graph, link: dict[str, Any]) -> None:
    ends = link["customer_id"], link["anchor_customer_id"]
    links = graph.edges[ends]["links"] if graph.has_edge(*ends) else {}
    links.setdefault(link["link_id"], link)
    graph.add_edge(*ends, links=links)


def _refusal(links: dict[int, dict[str, Any]], near: str, far: str) -> Refusal:
    link = next(iter(links.values()))
    ends = (_end(link, ""), _end(link, "anchor_"))
    near_end, far_end = ends if link["customer_id"] == near else ends[::-1]
    shown: dict[str, Any] = {name: link.get(name) for name in _SHOWN}
    return Refusal(near_end, far_end, near, far, **shown, others=len(links) - 1)


def _end(link: dict[str, Any], side: str) -> Identifier:
    return Identifier(link[f"{side}identifier_id"], link[f"{side}end_type"], link[f"{side}end_value"])


_SHOWN = ("source", "record_id", "records", "first_seen_at", "last_seen_at", "rule", "refused_by", "reason")
_REFUSED = """
select
    refused.*,
    near.customer_id, near.identifier_type as end_type, near.identifier_value as end_value,
    far.customer_id as anchor_customer_id,
    far.identifier_type as anchor_end_type, far.identifier_value as anchor_end_value
from identity.refused_links as refused
inner join identity.customer_identifiers as near on refused.identifier_id = near.identifier_id
inner join identity.customer_identifiers as far on refused.anchor_identifier_id = far.identifier_id
where
    near.customer_id <> far.customer_id
    and (near.customer_id in (select unnest($1)) or far.customer_id in (select unnest($1)))
"""
_SHARED = """
select
    blocked.identifier_type, blocked.identifier_value, blocked.reason, blocked.evidence,
    count(distinct seen.record_id) filter (where owned.customer_id = ?) as records_of_one,
    count(distinct seen.record_id) filter (where owned.customer_id = ?) as records_of_other
from identity.blocked_identifiers as blocked
inner join identity.identifier_observations as seen
    on blocked.identifier_type = seen.identifier_type and blocked.identifier_value = seen.identifier_value
inner join identity.record_customers as owned on seen.record_id = owned.record_id
where owned.customer_id in (?, ?)
group by all
having records_of_one > 0 and records_of_other > 0
order by records_of_one + records_of_other desc, 1, 2
"""
_SEEN_WITH = """
select count(distinct owned.customer_id) as customers
from identity.identifier_observations as seen
inner join identity.record_customers as owned on seen.record_id = owned.record_id
where seen.identifier_type = ? and seen.identifier_value = ?
"""
