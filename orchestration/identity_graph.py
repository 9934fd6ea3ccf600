"""The links that hold one customer together, as a graph: shortest paths, and the bridges without which it splits."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import networkx as nx

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from orchestration.names import Reader, Rows

_NAMED = 3
_HOP, _TIER = 1_000_000_000, 1_000


@dataclass(frozen=True)
class Identifier:
    """What names a person: a type and a value, and when and in how many records it was seen."""

    identifier_id: int
    identifier_type: str
    identifier_value: str
    first_seen_at: datetime | None = None
    last_seen_at: datetime | None = None
    records: int | None = None


@dataclass(frozen=True)
class CutOff:
    """What would be a customer of its own if a link did not hold.

    Attributes:
        identifiers: how many identifiers would leave.
        remaining: how many would stay.
        examples: some that would leave, those that were seen most often.
    """

    identifiers: int
    remaining: int
    examples: tuple[Identifier, ...]


@dataclass(frozen=True)
class Step:
    """One link of a path or a tree.

    Attributes:
        near: where one comes from.
        far: where the link leads to.
        source: the source of the first record in which both stood.
        record_id: that record.
        records: in how many records both stood.
        first_seen_at: when first, in UTC.
        last_seen_at: when last, in UTC.
        rule: the rule by which the link holds.
        tier: how strong the rule is, 0 being a reviewed decision and 1 the strongest of the others.
        decision: of a reviewed decision, why and by whom; None for all other links.
        cut_off: what hangs on this link alone; None if another way round holds it too.
    """

    near: Identifier
    far: Identifier
    source: str | None
    record_id: str | None
    records: int
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    rule: str
    tier: int
    decision: str | None
    cut_off: CutOff | None = None


@dataclass(frozen=True)
class CustomerGraph:
    """The identifiers of one customer and the links that hold between them."""

    identifiers: dict[int, Identifier]
    graph: nx.Graph

    def oldest(self) -> int:
        """The identifier that was seen first."""
        return min(self.identifiers.values(), key=_age).identifier_id

    def tree(self, root: int) -> list[Step]:
        """The shortest way from one identifier to each other, the nearest first; a step is a link of such a way."""
        parents = _parents(self.graph, root)
        cut_offs = self._cut_offs(parents, root)
        bridges = _bridges(self.graph)
        return [
            self._step(near, far, cut_offs[far] if frozenset((near, far)) in bridges else None)
            for far, near in parents.items()
        ]

    def path(self, start: int, end: int) -> list[Step]:
        """The fewest links that lead from one identifier to another; of several ways the one by the strongest links."""
        arriving = {step.far.identifier_id: step for step in self.tree(start)}
        steps = []
        while end != start:
            steps.append(arriving[end])
            end = steps[-1].near.identifier_id
        return steps[::-1]

    def _step(self, near: int, far: int, cut_off: CutOff | None) -> Step:
        link: dict[str, Any] = self.graph.edges[near, far]["links"][0]
        return Step(
            near=self.identifiers[near],
            far=self.identifiers[far],
            **{name: link[name] for name in _LINK_COLUMNS},
            cut_off=cut_off,
        )

    def _cut_offs(self, parents: dict[int, int], root: int) -> dict[int, CutOff]:
        """For each identifier what hangs below it in the tree, itself included; each is looked at once."""
        tree = nx.DiGraph([(near, far) for far, near in parents.items()])
        tree.add_node(root)
        found: dict[int, CutOff] = {}
        for node in nx.dfs_postorder_nodes(tree, root):
            found[node] = self._joined(self.identifiers[node], [found[child] for child in tree[node]])
        return found

    def _joined(self, top: Identifier, below: list[CutOff]) -> CutOff:
        size = 1 + sum(one.identifiers for one in below)
        named = heapq.nsmallest(_NAMED, (top, *(example for one in below for example in one.examples)), key=_prominence)
        return CutOff(size, len(self.identifiers) - size, tuple(named))


def read_customer(reader: Reader, customer_id: str) -> CustomerGraph:
    """Read a customer's own identifiers and links; nothing else of the graph."""
    identifiers = [Identifier(**row) for row in reader.rows(_IDENTIFIERS, customer_id)]
    return customer_graph(identifiers, reader.rows(_LINKS, customer_id))


def customer_graph(identifiers: Iterable[Identifier], links: Rows) -> CustomerGraph:
    """A graph whose edges carry the links between two identifiers, the strongest and most often seen first."""
    members = {one.identifier_id: one for one in identifiers}
    graph = nx.Graph()
    graph.add_nodes_from(sorted(members))
    for link in sorted(links, key=strength):
        near, far = link["identifier_id"], link["anchor_identifier_id"]
        if graph.has_edge(near, far):
            graph.edges[near, far]["links"].append(link)
        elif near != far:
            graph.add_edge(near, far, links=[link], weight=_weight(link))
    return CustomerGraph(members, graph)


def _weight(link: dict[str, Any]) -> int:
    """A step first of all; then its tier; then how seldom it was seen. Whole numbers, so that sums are exact."""
    return int(_HOP + _TIER * link["tier"] + max(0, _TIER - 1 - (link["records"] or 0)))


def strength(link: dict[str, Any]) -> tuple[int, int, int]:
    """How links are ordered: the strongest tier first, then what was seen most often."""
    return link["tier"], -(link["records"] or 0), link["link_id"]


def _parents(graph: nx.Graph, root: int) -> dict[int, int]:
    """For each node that can be reached the one before it on its way from the root, in the order of being reached."""
    before, _ = nx.dijkstra_predecessor_and_distance(graph, root)
    return {node: min(nearer) for node, nearer in before.items() if nearer}


def _bridges(graph: nx.Graph) -> set[frozenset[int]]:
    """The pairs that a single link holds together and without which the graph would fall apart."""
    return {frozenset(pair) for pair in nx.bridges(graph) if len(graph.edges[pair]["links"]) == 1}


def _age(one: Identifier) -> tuple[bool, datetime | None, int]:
    return one.first_seen_at is None, one.first_seen_at, one.identifier_id


def _prominence(one: Identifier) -> tuple[int, str]:
    return -(one.records or 0), one.identifier_value


_LINK_COLUMNS = ("source", "record_id", "records", "first_seen_at", "last_seen_at", "rule", "tier", "decision")
_IDENTIFIERS = """
select identifier_id, identifier_type, identifier_value, first_seen_at, last_seen_at, records
from identity.customer_identifiers where customer_id = ? order by identifier_id
"""
_LINKS = """
select links.link_id, links.identifier_id, links.anchor_identifier_id, links.rule, links.tier, links.source,
    links.record_id, links.first_seen_at, links.last_seen_at, links.records,
    max(decisions.reason || ', decided by ' || decisions.decided_by) as decision
from identity.identity_links as links
inner join identity.customer_identifiers as owned on links.identifier_id = owned.identifier_id
left join identity.identity_decisions as decisions
    on
        links.source = 'override' and decisions.kind = 'same'
        and links.identifier_id = decisions.identifier_id
        and links.anchor_identifier_id = decisions.other_identifier_id
where owned.customer_id = ?
group by all
"""
