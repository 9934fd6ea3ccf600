"""What would change if the project were applied as it stands now."""

from __future__ import annotations

from dataclasses import dataclass


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

    @property
    def is_change(self) -> bool:
        """Whether anything about it would change."""
        return bool(self.added or self.removed or self.changed or self.withheld)


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
        synced = any(one.is_change for one in self.syncs)
        return not (moved or synced or self.links or self.blocked)
