"""Whom, or what, something that a person typed may mean: an identifier, a customer, a record."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.normalise import spelling_rules, spellings
from warehouse import KindredError, connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from warehouse import Settings

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Found:
    """One thing that a name may mean.

    Attributes:
        kind: `identifier`, `customer` or `record`.
        customer_id: whose it is today; None if it is nobody's.
        identifier_id: the identifier's number; None for a customer or a record.
        identifier_type: the identifier's type; None for a customer or a record.
        value: the identifier as the models spell it, the customer_id or the record_id.
        blocked: why the identifier links nobody, as the end of a sentence; None if it may link.
        note: what else a reader has to know, such as that a customer was merged into another; None if nothing.
    """

    kind: str
    customer_id: str | None
    value: str
    identifier_id: int | None = None
    identifier_type: str | None = None
    blocked: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Reader:
    """An open warehouse and how its models spell identifiers."""

    connection: duckdb.DuckDBPyConnection
    rules: str

    def rows(self, query: str, *values: Any) -> Rows:
        """The rows of a query as dictionaries."""
        found = self.connection.execute(query, list(values))
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def has_table(self, schema: str, name: str) -> bool:
        """Whether the warehouse has a table or view; for those that only a later build brings."""
        query = "select 1 from information_schema.tables where table_schema = ? and table_name = ?"
        return bool(self.rows(query, schema, name))


@contextmanager
def reading(settings: Settings) -> Iterator[Reader]:
    """Open the built warehouse to read in it.

    Raises:
        KindredError: there is none, it is not built yet, or the project cannot be read.
    """
    if not settings.database.exists():
        raise KindredError(f"There is no warehouse at {settings.database} yet: run `kindred run` first.")
    rules = spelling_rules(settings)
    try:
        with connect(settings, read_only=True) as connection:
            yield Reader(connection, rules)
    except duckdb.CatalogException:
        raise KindredError("The customers are not built yet: run `kindred run` first.") from None
    except duckdb.BinderException:
        raise KindredError("Another version of the project built this warehouse: run `kindred run` first.") from None


def find(reader: Reader, text: str) -> list[Found]:
    """Everything that a text may mean, the likeliest spelling only; nothing if nobody has it.

    Args:
        reader: the open warehouse.
        text: an identifier as people write it, `type:value`, a customer_id, also a retired one, or a record_id.

    Raises:
        KindredError: it is blank, or a type without a value.
    """
    text = text.strip()
    if not text or text.endswith(":"):
        raise KindredError("The identifier is blank: give an e-mail address, a phone number, a card or an id.")
    return _identifiers(reader, text) or _customers(reader, text) or _record(reader, text)


def _identifiers(reader: Reader, text: str) -> list[Found]:
    """As the models spell it; if nobody has that, as another country would dial it, or whatever its letters' case."""
    found = _spelt(reader, text, None)
    head, _, tail = text.partition(":")
    if not found and tail and reader.rows(_TYPE, head.lower()):
        found = _spelt(reader, tail, head.lower())
    return found


def _spelt(reader: Reader, text: str, identifier_type: str | None) -> list[Found]:
    distances = spellings(reader.connection, reader.rules, text)
    rows = reader.rows(_SPELT.format(value="identifiers.identifier_value"), list(distances), identifier_type)
    if not rows:
        rows = reader.rows(
            _SPELT.format(value="lower(identifiers.identifier_value)"), [text.strip().lower()], identifier_type
        )
    nearest = min((distances.get(row["identifier_value"], 0) for row in rows), default=0)
    return [_identifier(row) for row in rows if distances.get(row["identifier_value"], 0) == nearest]


def _identifier(row: dict[str, Any]) -> Found:
    return Found(
        kind="identifier",
        customer_id=row["customer_id"],
        value=row["identifier_value"],
        identifier_id=row["identifier_id"],
        identifier_type=row["identifier_type"],
        blocked=why_blocked(row["reason"], row["evidence"]) if row["reason"] else None,
    )


def why_blocked(reason: str, evidence: str | None) -> str:
    """Why an identifier links nobody, as the end of a sentence."""
    return f"{_REASONS.get(reason, reason)}: {evidence}"


def _customers(reader: Reader, text: str) -> list[Found]:
    """A customer; of one that is no more, who has its identifiers today, those with the most of them first."""
    if reader.rows(_CUSTOMER, text):
        return [Found("customer", text, text)]
    rows = reader.rows(_HEIRS, text)
    heirs = [row for row in rows if row["customer_id"]] or rows
    return [Found("customer", row["customer_id"], text, note=_became(text, row, len(heirs))) for row in heirs]


def _became(retired: str, heir: dict[str, Any], heirs: int) -> str:
    if heir["customer_id"] is None:
        return f"{retired} is no more: the records that named it are gone."
    how = "was merged into" if heirs == 1 else f"was split; {heir['identifiers']} of its identifiers now belong to"
    return f"{retired} {how} {heir['customer_id']} (as of {heir['since']:%Y-%m-%d})."


def _record(reader: Reader, text: str) -> list[Found]:
    rows = reader.rows(_RECORD, text)
    return [Found("record", row["customer_id"], text, note=_whose(text, row["customer_id"])) for row in rows]


def _whose(record_id: str, customer_id: str | None) -> str:
    if customer_id:
        return f"The record {record_id} belongs to {customer_id}."
    return f"The record {record_id} belongs to nobody: no identifier in it may link."


_REASONS = {
    "blocklist": "it is on the list of values that name nobody",
    "hub": "it behaves like a place or a desk and not like a person",
    "shape": "nothing real is written like that",
}
_TYPE = "select 1 from identity.identifiers where identifier_type = ? limit 1"
_SPELT = """
select
    identifiers.identifier_id, identifiers.identifier_type, identifiers.identifier_value,
    owned.customer_id, blocked.reason, blocked.evidence
from identity.identifiers as identifiers
left join identity.customer_identifiers as owned on identifiers.identifier_id = owned.identifier_id
left join identity.blocked_identifiers as blocked on identifiers.identifier_id = blocked.identifier_id
where list_contains(?, {value}) and identifiers.identifier_type = coalesce(?, identifiers.identifier_type)
order by 2, 3
"""
_CUSTOMER = "select 1 from identity.customer_identifiers where customer_id = ? limit 1"
_HEIRS = """
select owned.customer_id, max(left_it.assigned_as_of) as since, count(distinct left_it.identifier_id) as identifiers
from identity.identity_assignments as left_it
left join identity.customer_identifiers as owned on left_it.identifier_id = owned.identifier_id
where left_it.previous_customer_id = ?
group by owned.customer_id
order by owned.customer_id is null, identifiers desc, owned.customer_id
"""
_RECORD = """
select any_value(owned.customer_id) as customer_id
from identity.identifier_observations as seen
left join identity.record_customers as owned on seen.record_id = owned.record_id
where seen.record_id = ?
having count(*) > 0
"""
