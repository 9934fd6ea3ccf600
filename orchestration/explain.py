"""Why a customer is in a segment or is not: each clause of its predicate, with the customer's own values."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.dbt import Dbt
from orchestration.memberships import last_changes
from orchestration.names import find, reading
from orchestration.predicate import Clause, Predicate, read_predicate
from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestration.names import Reader
    from warehouse import Settings


@dataclass(frozen=True)
class Answer:
    """One clause for one customer.

    Attributes:
        text: the clause as SQL.
        holds: whether it holds; a value that is unknown does not.
        values: what the customer has in each column that the clause reads.
        operator: how the one column is compared with a bound; None if the clause is no such comparison.
        bound: what it is compared with, as a value; None as above.
        between: the share of customers whose value lies between theirs and the bound, 0 to 1, where the clause fails
            for them: how far they are from it, on a scale that dates and amounts share. None if it cannot be said.
        alternatives: the answers of which one is enough, if the clause is an `or`.
    """

    text: str
    holds: bool
    values: dict[str, Any]
    operator: str | None = None
    bound: Any = None
    between: float | None = None
    alternatives: tuple[Answer, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """One customer and one segment.

    Attributes:
        is_member: whether they are in it.
        description: what the segment is, from its YAML.
        entered_at: since when they are in it, or were the last time; None if never.
        left_at: when they left it; None if they did not.
        because: why they entered it, or left it if they did, as the end of a sentence; None if that is not recorded.
        answers: the clauses, all of which must hold.
        nearest: the clause that keeps them out and is nearest to holding; None for a member.
    """

    customer_id: str
    segment: str
    is_member: bool
    description: str
    entered_at: Any
    left_at: Any
    because: str | None
    answers: tuple[Answer, ...]
    nearest: Answer | None


def explain(settings: Settings, identifier: str, segment: str) -> list[Explanation]:
    """Explain a segment to everybody whom a name means.

    Args:
        settings: where the warehouse is.
        identifier: whatever `kindred lookup` takes.
        segment: the segment's name.

    Raises:
        KindredError: there is no such segment or customer, the segment is no single predicate, or the warehouse was
            built from another version of it.
    """
    manifest = Dbt(settings).manifest()
    node = _segment_node(manifest, segment)
    dialect = manifest["metadata"]["adapter_type"]
    predicate = read_predicate(segment, _compiled(settings, node).read_text(), dialect)
    with reading(settings) as reader:
        customers = sorted({str(one.customer_id) for one in find(reader, identifier) if one.customer_id})
        if not customers:
            raise KindredError(f"Nobody has the identifier {identifier}: `kindred lookup` says more.")
        return [_explained(reader, customer, node, predicate) for customer in customers]


def _segment_node(manifest: dict[str, Any], segment: str) -> dict[str, Any]:
    segments: dict[str, dict[str, Any]] = {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and "segment" in node["config"].get("meta", {})
    }
    if segment not in segments:
        raise KindredError(f"There is no segment {segment}: use one of {', '.join(sorted(segments))}.")
    return segments[segment]


def _compiled(settings: Settings, node: dict[str, Any]) -> Path:
    path = settings.dbt_target / "compiled" / str(node["package_name"]) / str(node["original_file_path"])
    if not path.exists():
        raise KindredError(f"The segment {node['name']} is not built yet: run `kindred run` first.")
    return path


def _explained(reader: Reader, customer: str, node: dict[str, Any], predicate: Predicate) -> Explanation:
    segment = node["name"]
    asked = _ask(reader, customer, predicate)
    answers = tuple(_answer(reader, asked, clause) for clause in predicate.clauses)
    key = (segment, customer)
    is_member = bool(
        reader.rows("select 1 from segments.segment_memberships where segment = ? and customer_id = ?", *key)
    )
    if is_member != all(answer.holds for answer in answers):
        raise KindredError(f"Another version of {segment} built this warehouse: run `kindred run` first.")
    stays = reader.rows(_STAYS, *key) or [{"entered_at": None, "left_at": None}]
    return Explanation(
        customer, segment, is_member, " ".join(node["description"].split()), **stays[0],
        because=_because(reader, key, is_member=is_member), answers=answers, nearest=_nearest(answers),
    )  # fmt: skip


def _because(reader: Reader, key: tuple[str, str], *, is_member: bool) -> str | None:
    segment, customer = key
    wanted = "entered" if is_member else "left"
    found = [row for row in last_changes(reader, customer, segment) if row["movement"] == wanted]
    return str(found[0]["because"]) if found else None


@dataclass(frozen=True)
class _Asked:
    """What one query said of a customer: by clause whether it holds and its bound, and the value of each column."""

    found: dict[Clause, tuple[bool, Any]]
    values: dict[str, Any]


def _ask(reader: Reader, customer: str, predicate: Predicate) -> _Asked:
    clauses = tuple(dict.fromkeys(_flat(predicate.clauses)))
    columns = tuple(dict.fromkeys(column for clause in clauses for column in clause.columns))
    wanted = [f"({one.text}) as holds_{n}, {one.bound or 'null'} as bound_{n}" for n, one in enumerate(clauses)]
    wanted += [f"{column} as value_{n}" for n, column in enumerate(columns)]
    [row] = reader.rows(predicate.probe.format(columns=", ".join(wanted)), customer)
    found = {one: (bool(row[f"holds_{n}"]), row[f"bound_{n}"]) for n, one in enumerate(clauses)}
    return _Asked(found, {column: row[f"value_{n}"] for n, column in enumerate(columns)})


def _flat(clauses: tuple[Clause, ...]) -> Iterator[Clause]:
    for clause in clauses:
        yield clause
        yield from _flat(clause.alternatives)


def _answer(reader: Reader, asked: _Asked, clause: Clause) -> Answer:
    holds, bound = asked.found[clause]
    values = {column: asked.values[column] for column in clause.columns}
    between = None if holds else _between(reader, clause, values, bound)
    alternatives = tuple(_answer(reader, asked, one) for one in clause.alternatives)
    return Answer(clause.text, holds, values, clause.operator, bound, between, alternatives)


def _between(reader: Reader, clause: Clause, values: dict[str, Any], bound: Any) -> float | None:
    known = clause.column and values[clause.column] is not None and reader.rows(_HAS_TRAIT, clause.column)
    if not known:
        return None
    column = f'"{clause.column}"'
    value = values[str(clause.column)]
    inside = f"{column} <> ? and {column} between least(?, ?) and greatest(?, ?)"
    query = f"select avg(case when {inside} then 1.0 else 0 end) as share from customer_360.customers"
    return float(reader.rows(query, value, value, bound, value, bound)[0]["share"])


def _nearest(answers: tuple[Answer, ...]) -> Answer | None:
    """The failing clause with the fewest customers between; what cannot be measured is held to be the farthest."""
    failing = [answer for answer in answers if not answer.holds]
    return min(failing, key=lambda answer: 2 if answer.between is None else answer.between, default=None)


def to_json(explanations: list[Explanation]) -> list[dict[str, Any]]:
    """The explanations for a script."""
    return [dataclasses.asdict(one) for one in explanations]


_STAYS = """
select entered_at, left_at from segments.segment_membership_history
where segment = ? and customer_id = ? order by entered_at desc limit 1
"""
_HAS_TRAIT = """
select 1 from information_schema.columns
where table_schema = 'customer_360' and table_name = 'customers' and column_name = ?
"""
