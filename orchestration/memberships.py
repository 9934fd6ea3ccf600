"""Since when somebody is in a segment, or is not any more, and why: the words for `segment_membership_changes`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orchestration.names import Reader, Rows

_TABLE = ("segments", "segment_membership_changes")
_CHANGES = """
select segment, movement, changed_at, reason, clauses, merged_into from segments.segment_membership_changes
where customer_id = ? and segment = coalesce(?, segment)
qualify row_number() over (partition by segment, movement order by changed_at desc) = 1
order by segment, movement
"""
_WORDS = {
    "redefined": "the segment was defined anew",
    "new customer": "they were nobody we knew before",
    "no customer any more": "they are no customer any more",
    "first build": "that is the first build: nothing is known of before",
    "before the record": "clauses were not recorded yet",
    "not known": "its clauses are not known",
}


def last_changes(reader: Reader, customer: str, segment: str | None = None) -> Rows:
    """The last time that a customer entered and left each segment, or one.

    Returns:
        Rows of segment, movement (`entered` or `left`), changed_at and because (the end of a sentence); none in a
        warehouse of before they were recorded.
    """
    if not reader.has_table(*_TABLE):
        return []
    rows = reader.rows(_CHANGES, customer, segment)
    return [
        {name: row[name] for name in ("segment", "movement", "changed_at")} | {"because": because(row)} for row in rows
    ]


def because(change: dict[str, Any]) -> str:
    """Why somebody entered or left, as the end of a sentence that says that they did."""
    if change["reason"] == "clauses":
        became = "became true" if change["movement"] == "entered" else "is true no more"
        return f"{change['clauses']} {became}"
    if change["reason"] == "merged":
        return f"they were merged into {change['merged_into']}"
    return _WORDS[change["reason"]]
