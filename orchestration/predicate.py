"""The predicate of a segment, read from the model's own SQL, clause by clause.

What explains a segment is taken from the query that built it, so that it cannot disagree with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from warehouse import KindredError

KEY = "customer_id"


@dataclass(frozen=True)
class Clause:
    """One condition of a predicate.

    Attributes:
        text: the condition as SQL.
        columns: the columns that it reads, in the order in which they stand.
        column: the one column that it compares with a bound; None if it is no such comparison.
        operator: how it compares, from the column's side: `>=`, `<`, …; None as above.
        bound: the bound as SQL, which reads no column; None as above.
        alternatives: the conditions of which one is enough, if it is an `or`.
    """

    text: str
    columns: tuple[str, ...]
    column: str | None = None
    operator: str | None = None
    bound: str | None = None
    alternatives: tuple[Clause, ...] = ()


@dataclass(frozen=True)
class Predicate:
    """A segment's predicate.

    Attributes:
        clauses: the conditions that must all hold.
        probe: the model's query up to its predicate, as SQL with `{columns}` to select of the customers asked for.
    """

    clauses: tuple[Clause, ...]
    probe: str


def read_predicate(segment: str, sql: str, dialect: str, whom: str = f"{KEY} = ?") -> Predicate:
    """The predicate of a compiled segment model.

    Args:
        segment: its name.
        sql: its compiled query.
        dialect: the engine's, as sqlglot calls it.
        whom: the condition on customers that the probe asks about; by default the one of parameter 1.

    Raises:
        KindredError: the model cannot be parsed, or has no predicate or several.
    """
    try:
        tree = sqlglot.parse_one(sql, dialect=dialect)
    except sqlglot.errors.ParseError as error:
        raise KindredError(f"The SQL of the segment {segment} cannot be read: {str(error).splitlines()[0]}") from error
    select, conditions = conditions_of(segment, tree)
    clauses = tuple(_clause(part, dialect) for part in conditions)
    return Predicate(clauses, _probe(tree, select, whom, dialect))


def conditions_of(segment: str, tree: exp.Expr) -> tuple[exp.Select, list[exp.Expr]]:
    """The select that holds a segment's predicate, and the conditions that must all hold.

    Raises:
        KindredError: the model has no predicate or several.
    """
    filtered = [select for select in tree.find_all(exp.Select) if select.args.get("where")]
    if len(filtered) != 1:
        raise KindredError(
            f"The segment {segment} has {len(filtered)} `where` instead of one: "
            "write it as one predicate on `customers`, and what else it needs as a trait."
        )
    return filtered[0], _parts(filtered[0].args["where"].this, exp.And)


def _parts(condition: exp.Expr, connector: type[exp.Connector]) -> list[exp.Expr]:
    inner = condition.unnest()
    if isinstance(inner, connector):
        return [*_parts(inner.left, connector), *_parts(inner.right, connector)]
    return [inner]


def _clause(condition: exp.Expr, dialect: str) -> Clause:
    alternatives = _parts(condition, exp.Or)
    columns = tuple(dict.fromkeys(column.name for column in condition.find_all(exp.Column, bfs=False)))
    if len(alternatives) > 1:
        return Clause(
            condition.sql(dialect), columns, alternatives=tuple(_clause(one, dialect) for one in alternatives)
        )
    return Clause(condition.sql(dialect), columns, *_comparison(condition, dialect))


_OPERATORS: dict[type[exp.Expr], str] = {exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<=", exp.EQ: "="}
_MIRRORED = {">": "<", ">=": "<=", "<": ">", "<=": ">=", "=": "="}


def _comparison(condition: exp.Expr, dialect: str) -> tuple[str | None, str | None, str | None]:
    """Column, operator and bound of `column >= bound`, in either order; nothing for any other condition."""
    operator = _OPERATORS.get(type(condition))
    if not isinstance(condition, exp.Binary) or operator is None:
        return None, None, None
    left, right = condition.left, condition.right
    if isinstance(left, exp.Column) and not right.find(exp.Column):
        return left.name, operator, right.sql(dialect)
    if isinstance(right, exp.Column) and not left.find(exp.Column):
        return right.name, _MIRRORED[operator], left.sql(dialect)
    return None, None, None


def _probe(tree: exp.Expr, select: exp.Select, whom: str, dialect: str) -> str:
    """The query with the predicate's select asking for `{columns}`, also of customers for whom the predicate fails."""
    select.set("expressions", [exp.column("probed_columns")])
    select.set("where", exp.Where(this=sqlglot.parse_one(whom, dialect=dialect)))
    return (
        tree.sql(dialect, comments=False).replace("{", "{{").replace("}", "}}").replace("probed_columns", "{columns}")
    )
