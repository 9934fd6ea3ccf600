"""What a rehearsal changes: the standing build, kept in the schema `standing`, against the one that was just made."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.names import why_blocked
from orchestration.rehearsal_sql import (
    BLOCKED,
    CAUSES_OF_MERGES,
    CAUSES_OF_SPLITS,
    CUSTOMERS,
    IDENTIFIERS,
    LINKS,
    OVERLAPS,
    RECORDS,
    SYNCS,
    WITHHELD,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import duckdb

    from orchestration.names import Rows

COMPARED = (
    ("identity", "customer_identifiers"),
    ("identity", "identity_links"),
    ("identity", "refused_links"),
    ("identity", "blocked_identifiers"),
    ("identity", "record_customers"),
    ("activation", "audience_decisions"),
    ("activation", "desired_records"),
)
_EXPLAINED = 20


@dataclass(frozen=True)
class Cause:
    """A link whose fate changes.

    Attributes:
        identifier_type: the type of one end.
        identifier_value: the value of one end.
        anchor_type: the type of the other.
        anchor_value: the value of the other.
        rule: the rule of the link.
        records: in how many records both stood.
        reason: why it would be refused; None if it would hold.
    """

    identifier_type: str
    identifier_value: str
    anchor_type: str
    anchor_value: str
    rule: str
    records: int
    reason: str | None


@dataclass(frozen=True)
class Regrouping:
    """Customers who would become one, or one who would become several.

    Attributes:
        customer_id: the one customer, after a merge or before a split.
        parts: the several, each with how many identifiers it has in common with the one; the largest first.
        causes: links that would do it; only the largest regroupings name theirs.
    """

    customer_id: str
    parts: tuple[tuple[str, int], ...]
    causes: tuple[Cause, ...]


@dataclass(frozen=True)
class LinkChange:
    """How many links of a rule would change from accepted, refused or absent to another of these, and why."""

    rule: str
    was: str
    becomes: str
    reason: str | None
    links: int


@dataclass(frozen=True)
class BlockedChange:
    """An identifier that would link nobody from now on, or would link again."""

    identifier_type: str
    identifier_value: str
    is_blocked: bool
    why: str


@dataclass(frozen=True)
class SyncChange:
    """One sync.

    Attributes:
        sync: its name.
        members_before: how many its segment has.
        members_after: how many it would have.
        audience_before: how many the destination should hold.
        audience_after: how many it should hold then.
        added: records that would come.
        removed: records that would leave.
        changed: records whose payload would change.
        withheld: each reason with how many are withheld for it, before and after; only those that change.
    """

    sync: str
    members_before: int
    members_after: int
    audience_before: int
    audience_after: int
    added: int
    removed: int
    changed: int
    withheld: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Changes:
    """All that would change.

    Attributes:
        as_of: the moment that both builds look back from.
        customers_before: how many customers there are.
        customers_after: how many there would be.
        merges: customers who would become one, those of the most identifiers first.
        splits: customers who would become several, those of the most identifiers first.
        identifiers: how many would go to another customer (`moved`), be nobody's (`left`), or somebody's (`joined`).
        records: the same of records.
        links: links whose fate would change, by rule.
        blocked: identifiers that would be blocked, or no longer.
        syncs: every sync, changed or not.
    """

    as_of: str
    customers_before: int
    customers_after: int
    merges: tuple[Regrouping, ...]
    splits: tuple[Regrouping, ...]
    identifiers: dict[str, int]
    records: dict[str, int]
    links: tuple[LinkChange, ...]
    blocked: tuple[BlockedChange, ...]
    syncs: tuple[SyncChange, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether neither customers nor links nor audiences would change."""
        moved = any(self.identifiers.values()) or any(self.records.values())
        synced = any(one.added or one.removed or one.changed or one.withheld for one in self.syncs)
        return not (moved or synced or self.links or self.blocked)


def compare(connection: duckdb.DuckDBPyConnection, as_of: str) -> Changes:
    """Read what differs between the two builds.

    Args:
        connection: the copy, with the standing build's tables in the schema `standing`.
        as_of: the moment that both look back from.
    """

    def rows(query: str, *values: Any) -> Rows:
        found = connection.execute(query, list(values))
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    [customers] = rows(CUSTOMERS)
    overlaps = [(row["standing_id"], row["new_id"], row["identifiers"]) for row in rows(OVERLAPS)]
    return Changes(
        as_of=as_of,
        **customers,
        merges=_regroupings(((new, old, size) for old, new, size in overlaps), rows, CAUSES_OF_MERGES),
        splits=_regroupings(overlaps, rows, CAUSES_OF_SPLITS),
        identifiers=rows(IDENTIFIERS)[0],
        records=rows(RECORDS)[0],
        links=tuple(LinkChange(**row) for row in rows(LINKS)),
        blocked=tuple(_blocked(row) for row in rows(BLOCKED)),
        syncs=_syncs(rows),
    )


def _regroupings(
    overlaps: Iterable[tuple[str, str, int]], rows: Callable[..., Rows], causes_query: str
) -> tuple[Regrouping, ...]:
    """From (one, several, identifiers in common) those with more than one part; the largest with their causes."""
    parts: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for one, part, identifiers in overlaps:
        parts[one].append((part, identifiers))
    found = sorted((one for one in parts if len(parts[one]) > 1), key=lambda one: (-_size(parts[one]), one))
    causes: dict[str, list[Cause]] = defaultdict(list)
    for row in rows(causes_query, found[:_EXPLAINED]):
        causes[row.pop("customer_id")].append(Cause(**row))
    return tuple(Regrouping(one, _largest_first(parts[one]), tuple(causes[one])) for one in found)


def _size(parts: list[tuple[str, int]]) -> int:
    return sum(identifiers for _, identifiers in parts)


def _largest_first(parts: list[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(parts, key=lambda part: (-part[1], part[0])))


def _blocked(row: dict[str, Any]) -> BlockedChange:
    why = why_blocked(row.pop("reason"), row.pop("evidence"))
    return BlockedChange(why=why, **row)


def _syncs(rows: Callable[..., Rows]) -> tuple[SyncChange, ...]:
    withheld: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for row in rows(WITHHELD):
        withheld[row["sync"]].append((row["reason"], row["before"], row["after"]))
    return tuple(SyncChange(**row, withheld=tuple(withheld[row["sync"]])) for row in rows(SYNCS))
