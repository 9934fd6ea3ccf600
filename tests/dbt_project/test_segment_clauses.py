"""Every clause of every segment is guarded: break it, and a unit test of the segment fails.

A predicate is broken in each of these ways, one at a time, in the query that dbt compiled for the unit test:

    clause       counts as true, or as false, for everybody
    comparison   takes or leaves the value on the edge
    number       is one more, or one less (a hundredth for what is no whole number)
    text         is another one
    unknown      a column of which nothing is known lets the customer in
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from sqlglot import exp, parse_one

from orchestration.dbt import Dbt, Manifest
from orchestration.predicate import conditions_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from warehouse import Settings

pytestmark = pytest.mark.slow

_EDGES: dict[type[exp.Expr], type[exp.Binary]] = {
    exp.GT: exp.GTE,
    exp.GTE: exp.GT,
    exp.LT: exp.LTE,
    exp.LTE: exp.LT,
    exp.EQ: exp.NEQ,
    exp.NEQ: exp.EQ,
}
_TRUE, _FALSE = exp.true(), exp.false()

Case = tuple[str, str, set[str]]
"""A segment, the query of one of its unit tests, and whom it expects."""


def _swapped(where: exp.Expr, place: int, other: exp.Expr) -> str:
    """A predicate with another node at one place of its tree."""
    copy = where.copy()
    node = list(copy.walk())[place]
    node.replace(other.copy())
    return str(copy.sql("duckdb"))


def _is_clause(node: exp.Expr) -> bool:
    """Whether a node is by itself true or false: the predicate, or what `and`, `or` and brackets join."""
    above = node.parent
    while isinstance(above, exp.Paren):
        above = above.parent
    return isinstance(above, exp.Where | exp.And | exp.Or) and not isinstance(node, exp.Paren)


def _instead(node: exp.Expr) -> Iterator[exp.Expr]:
    """What a mistake would have put in the place of a node."""
    if _is_clause(node):
        yield from (_TRUE, _FALSE)
    if edge := _EDGES.get(type(node)):
        yield edge(this=node.this, expression=node.expression)
    if node.is_string and not isinstance(node.parent, exp.Cast | exp.Interval):
        yield exp.Literal.string("another")
    elif isinstance(node, exp.Literal) and not node.is_string:
        step = 1 if node.is_int else float(node.this) / 100
        yield from (exp.Literal.number(f"{float(node.this) + way * step:.10g}") for way in (1, -1))


def mutants(where: exp.Expr) -> Iterator[str]:
    """A predicate, broken in each way once."""
    for column in sorted({column.name for column in where.find_all(exp.Column)}):
        yield f"({where.this.sql('duckdb')}) or {column} is null"
    for place, node in enumerate(where.walk()):
        for other in _instead(node):
            yield _swapped(where, place, other).removeprefix("WHERE ")


def verdicts(case: Case) -> dict[str, bool]:
    """Each mutant of a unit test's query, and whether the test sees it."""
    segment, query, expected = case
    tree = parse_one(query, dialect="duckdb")
    select, _ = conditions_of(segment, tree)
    broken = list(mutants(select.args["where"]))
    select.set("expressions", [exp.column("customer_id"), *(parse_one(one, dialect="duckdb") for one in broken)])
    select.set("where", None)
    rows = duckdb.sql(tree.sql("duckdb")).fetchall()
    members = [{row[0] for row in rows if row[place]} for place in range(1, len(broken) + 1)]
    return {mutant: found != expected for mutant, found in zip(broken, members, strict=True)}


def survivors(cases: list[Case]) -> list[str]:
    """The mutants of one segment that none of its unit tests sees; a moment may differ from test to test."""
    tests = [verdicts(case) for case in cases]
    seen = zip(*(test.values() for test in tests), strict=True)
    return [mutant for mutant, by in zip(tests[0], seen, strict=True) if not any(by)]


def _cases(manifest: Manifest, unit_tests: list[Any]) -> list[Case]:
    """Each unit test of a segment, as dbt compiled it; each passes as long as nothing is broken."""
    segments = {node["name"] for node in manifest["nodes"].values() if node["config"]["meta"].get("segment")}
    compiled = {result.node.unique_id: result.node.compiled_code for result in unit_tests}
    tests: dict[str, Any] = manifest["unit_tests"]
    return [_case(test, compiled[name]) for name, test in tests.items() if test["model"] in segments]


def _case(test: dict[str, Any], query: str) -> Case:
    return test["model"], query, {row["customer_id"] for row in test["expect"]["rows"]}


def test_a_clause_that_is_broken_is_seen(whole_run: tuple[Settings, object], unit_tests: list[Any]) -> None:
    cases = _cases(Dbt(whole_run[0]).manifest(), unit_tests)
    by_segment = {segment: [case for case in cases if case[0] == segment] for segment, _, _ in cases}
    alive = {segment: survivors(own) for segment, own in by_segment.items()}
    assert {segment: mutants for segment, mutants in alive.items() if mutants} == {}
