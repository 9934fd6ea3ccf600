"""The clauses that the history of memberships asks are those of the segment's own file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestration.clauses import clauses_macro, read_clauses

if TYPE_CHECKING:
    from pathlib import Path

MODEL = """
-- One row per customer.
with

customers as (
    select * from {{ ref('customers') }}
),

members as (
    select customer_id from customers where %s
)

select * from members
"""


def clauses(folder: Path, text: str) -> list[tuple[str, str]]:
    path = folder / "s.sql"
    path.write_text(text)
    return list(read_clauses("s", path).clauses)


def test_jinja_stays_jinja_and_people_read_its_name(tmp_path: Path) -> None:
    found = clauses(tmp_path, MODEL % "last_visited_at >= {{ days_before_as_of(30) }} and country = '{{ var(\"x\") }}'")
    assert found == [
        ("last_visited_at >= days_before_as_of(30)", "'last_visited_at >= ' ~ (days_before_as_of(30))"),
        ("country = 'var(\"x\")'", "'country = \\'' ~ (var(\"x\")) ~ '\\''"),
    ]


def test_an_or_is_one_clause(tmp_path: Path) -> None:
    assert [text for text, _ in clauses(tmp_path, MODEL % "a > 1 and (b > 2 or c between 1 and 2)")] == [
        "a > 1",
        "b > 2 OR c BETWEEN 1 AND 2",
    ]


@pytest.mark.parametrize(
    "text",
    [
        MODEL.replace("from customers where", "from customers inner join {{ ref('orders') }} using (i) where") % "a",
        MODEL.replace("ref('customers')", "ref('orders')") % "a > 1",
        MODEL.replace("select * from {{", "select customer_id from {{") % "a > 1",
        "select customer_id from {{ ref('customers') }}",
        "select customer_id from where",
    ],
)
def test_what_is_not_one_predicate_on_customers_has_no_clauses(tmp_path: Path, text: str) -> None:
    assert clauses(tmp_path, text) == []


def test_the_macro_names_the_file_that_it_was_read_from(tmp_path: Path) -> None:
    path = tmp_path / "s.sql"
    path.write_text(MODEL % "a > 1")
    one = read_clauses("s", path)
    path.write_text(MODEL % "a > 2")
    assert one.code != read_clauses("s", path).code
    assert "{'text': 'a > 1', 'sql': 'a > 1'}" in clauses_macro([one])
