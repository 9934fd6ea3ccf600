"""The clauses of each segment for `macros/registry.sql`, read from the segment's own file before Jinja is rendered.

The history of memberships asks each clause of each customer, in SQL. So the clauses stand in the registry as Jinja that
renders to the very text of the segment, beside a hash of the file: a segment that was edited since does not compile.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from orchestration.predicate import conditions_of
from warehouse import KindredError

if TYPE_CHECKING:
    from pathlib import Path

_DIALECT = "duckdb"
_COMMENT = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{\s*config\(.*?\)\s*\}\}", re.DOTALL)
_EXPRESSION = re.compile(r"\{\{-?(.*?)-?\}\}", re.DOTALL)
_HELD = re.compile(r"jinja_held_(\d+)_", re.IGNORECASE)
_CUSTOMERS = re.compile(r"""^ref\(\s*(['"]kindred['"]\s*,\s*)?['"]customers['"]\s*\)$""")


@dataclass(frozen=True)
class SegmentClauses:
    """The clauses of one segment.

    Attributes:
        segment: its model.
        code: the md5 of its file, as dbt reads it.
        clauses: each one as (text for people, Jinja expression that gives its SQL); none if the segment is not one
            predicate on `customers`.
    """

    segment: str
    code: str
    clauses: tuple[tuple[str, str], ...]


def read_clauses(segment: str, path: Path) -> SegmentClauses:
    """The clauses of a segment's file."""
    text = path.read_text().strip()
    code = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    held: list[str] = []

    def hold(match: re.Match[str]) -> str:
        held.append(match[1].strip())
        return f"jinja_held_{len(held) - 1}_"

    sql = _EXPRESSION.sub(hold, _COMMENT.sub("", text))
    return SegmentClauses(segment, code, tuple(_clause(one, held) for one in _conditions(segment, sql, held)))


def _conditions(segment: str, sql: str, held: list[str]) -> list[str]:
    """The conditions of a predicate on `customers`; nothing for a model that is something else."""
    try:
        tree = parse_one(sql, dialect=_DIALECT)
        select, conditions = conditions_of(segment, tree)
    except (SqlglotError, KindredError):
        return []
    if select.args.get("joins") or _origin(tree, select, held) is None:
        return []
    return [one.sql(_DIALECT, comments=False) for one in conditions]


def _origin(tree: exp.Expr, select: exp.Select, held: list[str]) -> str | None:
    """The `ref` that a select reads, by itself or through a plain CTE, if it is that of `customers`."""
    table = select.find(exp.Table)
    bodies = {cte.alias: cte.this for cte in tree.find_all(exp.CTE)}
    while table is not None and table.name in bodies:
        body = bodies.pop(table.name)
        if body.args.get("joins") or not body.is_star:
            return None
        table = body.find(exp.Table)
    match = _HELD.fullmatch(table.name) if table is not None else None
    reference = held[int(match[1])] if match else ""
    return reference if _CUSTOMERS.match(reference) else None


def _clause(condition: str, held: list[str]) -> tuple[str, str]:
    """What people read, and the Jinja expression: texts in quotes and expressions, joined by `~`."""
    parts = _HELD.split(condition)
    text = "".join(held[int(part)] if place % 2 else part for place, part in enumerate(parts))
    joined = [f"({held[int(part)]})" if place % 2 else quoted(part) for place, part in enumerate(parts)]
    return text, " ~ ".join(part for part in joined if part != "''")


def quoted(text: str) -> str:
    """A text as a literal of Jinja."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", " ")
    return f"'{escaped}'"


def clauses_macro(segments: list[SegmentClauses]) -> str:
    """The macro that gives the clauses of a project's own segments."""
    lines = [line for one in segments for line in _entry(one)]
    body = "".join(f"        {line}\n" for line in lines)
    return f"{{% macro default__registered_clauses() %}}\n    {{{{ return({{\n{body}    }}) }}}}\n{{% endmacro %}}\n"


def _entry(one: SegmentClauses) -> list[str]:
    clauses = [f"    {{'text': {quoted(text)}, 'sql': {jinja}}}," for text, jinja in one.clauses]
    return [f"'{one.segment}': {{'code': '{one.code}', 'clauses': [", *clauses, "]},"]
