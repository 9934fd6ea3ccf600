"""Why two names are one customer, or why they are not."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from orchestration.customer_history import Change, changes_of
from orchestration.identity_graph import Identifier, Step, read_customer
from orchestration.names import Found, find
from orchestration.refusals import Refusal, SharedBlocked, customers_seen_with, refusals_between, shared_blocked
from warehouse import KindredError

if TYPE_CHECKING:
    from orchestration.names import Reader


@dataclass(frozen=True)
class Together:
    """Both names are one customer: the fewest links that lead from one to the other."""

    one: Found
    other: Found
    customer_id: str
    identifiers: int
    path: list[Step]


@dataclass(frozen=True)
class Apart:
    """The names are two customers: what was refused between them, and what is blocked although both have it."""

    one: Found
    other: Found
    refusals: list[Refusal]
    shared_blocked: list[SharedBlocked]


@dataclass(frozen=True)
class Blocked:
    """One of the names links nobody: in how many customers' records it stood."""

    name: Found
    customers: int


@dataclass(frozen=True)
class Whole:
    """How everything in one customer hangs together: a tree from the identifier that was seen first."""

    name: Found
    customer_id: str
    oldest: Identifier
    tree: list[Step]
    changes: list[Change]


Answer = Together | Apart | Blocked | Whole


def why(reader: Reader, one: str, other: str | None = None) -> Answer:
    """Why two names are one customer, or are not; or, of one name, how its customer hangs together.

    Args:
        reader: the open warehouse.
        one: any identifier as people write it, `type:value`, a customer_id or a record_id.
        other: another one.

    Raises:
        KindredError: nobody has it, or it means several.
    """
    names = [_meant(reader, text) for text in (one, other) if text is not None]
    for name in names:
        if name.blocked and name.identifier_type:
            return Blocked(name, customers_seen_with(reader, name.identifier_type, name.value))
    return _whole(reader, names[0]) if len(names) == 1 else _pair(reader, *names)


def to_json(answer: Answer) -> dict[str, Any]:
    """The answer for a script: which of the four it is, and all that it says."""
    return {"answer": type(answer).__name__.lower(), **asdict(answer)}


def _pair(reader: Reader, one: Found, other: Found) -> Together | Apart:
    if one.customer_id != other.customer_id:
        ends = str(one.customer_id), str(other.customer_id)
        return Apart(one, other, refusals_between(reader, *ends), shared_blocked(reader, *ends))
    customer = read_customer(reader, str(one.customer_id))
    start, end = (_entry(reader, name) or customer.oldest() for name in (one, other))
    return Together(one, other, str(one.customer_id), len(customer.identifiers), customer.path(start, end))


def _whole(reader: Reader, name: Found) -> Whole:
    customer_id = str(name.customer_id)
    customer = read_customer(reader, customer_id)
    oldest = customer.oldest()
    return Whole(
        name=name,
        customer_id=customer_id,
        oldest=customer.identifiers[oldest],
        tree=customer.tree(oldest),
        changes=changes_of(reader, customer_id),
    )


def _entry(reader: Reader, name: Found) -> int | None:
    """Where a name touches its customer's graph; None for the customer as such."""
    if name.kind != "record":
        return name.identifier_id
    return int(reader.rows(_ENTRY, name.value, name.customer_id)[0]["identifier_id"])


def _meant(reader: Reader, text: str) -> Found:
    """The one thing that a text means.

    Raises:
        KindredError: it means nothing, several things, or somebody who is no more.
    """
    found = find(reader, text)
    if not found:
        raise KindredError(f"Nobody is known by {text}: look for another spelling, or load its source and run again.")
    if len(found) > 1:
        raise KindredError(f"{text} may mean several: say which one, {' or '.join(map(_precisely, found))}.")
    if not found[0].customer_id and not found[0].blocked:
        raise KindredError(found[0].note or f"{text} belongs to nobody.")
    return found[0]


def _precisely(one: Found) -> str:
    return f"{one.identifier_type}:{one.value}" if one.kind == "identifier" else str(one.customer_id)


_ENTRY = """
select owned.identifier_id
from identity.identifier_observations as seen
inner join identity.customer_identifiers as owned
    on seen.identifier_type = owned.identifier_type and seen.identifier_value = owned.identifier_value
where seen.record_id = ? and owned.customer_id = ?
order by owned.first_seen_at nulls last, owned.identifier_id
limit 1
"""
