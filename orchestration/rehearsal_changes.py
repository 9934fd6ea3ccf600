"""What a rehearsal changes: the standing build, kept in the schema `standing`, against the one that was just made."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from orchestration.changes import BlockedChange, Cause, Changes, LinkChange, Regrouping, SyncChange
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
