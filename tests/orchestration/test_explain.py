"""An explanation is read from the segment's own SQL, clause by clause, and agrees with who is in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from orchestration.explain import Answer, _nearest, explain
from orchestration.explain_page import _short
from orchestration.predicate import read_predicate
from warehouse import KindredError, connect

if TYPE_CHECKING:
    import subprocess

    from tests.conftest import Kindred
    from warehouse import Settings

MODEL = (
    "with customers as (select * from traits), members as (select customer_id from customers where {}) "
    "select * from members"
)


def _clauses(condition: str) -> list[str]:
    return [clause.text for clause in read_predicate("s", MODEL.format(condition), "duckdb").clauses]


def test_a_predicate_falls_into_its_conditions() -> None:
    assert _clauses("orders >= 2 and (nps > 8 or nps is null) and not is_test") == [
        "orders >= 2",
        "nps > 8 OR nps IS NULL",
        "NOT is_test",
    ]


def test_brackets_around_several_conditions_change_nothing() -> None:
    assert _clauses("(a > 1 and b > 2) and ((c > 3))") == ["a > 1", "b > 2", "c > 3"]


def test_an_or_keeps_its_alternatives() -> None:
    [clause] = read_predicate("s", MODEL.format("a > 1 or (b > 2 and c > 3)"), "duckdb").clauses
    assert [one.text for one in clause.alternatives] == ["a > 1", "b > 2 AND c > 3"]
    assert clause.columns == ("a", "b", "c")


def test_a_comparison_is_read_from_the_columns_side() -> None:
    [clause] = read_predicate("s", MODEL.format("5 <= a"), "duckdb").clauses
    assert (clause.column, clause.operator, clause.bound) == ("a", ">=", "5")


@pytest.mark.parametrize(
    ("sql", "count"),
    [("select customer_id from customers", 0), (f"select * from ({MODEL.format('a')}) where b", 2)],
)
def test_what_is_no_single_predicate_is_refused(sql: str, count: int) -> None:
    with pytest.raises(KindredError, match=f"segment s has {count} `where` instead of one"):
        read_predicate("s", sql, "duckdb")


def test_the_nearest_clause_has_the_fewest_customers_between() -> None:
    far, near, unknown = (Answer("a", holds=False, values={}, between=share) for share in (0.4, 0.1, None))
    assert _nearest((Answer("b", holds=True, values={}), unknown, far, near)) is near
    assert _nearest((unknown,)) is unknown
    assert _nearest((Answer("b", holds=True, values={}),)) is None


def test_a_bound_that_is_no_moment_is_shown_as_it_is_written() -> None:
    assert _short(Answer("orders >= 2", holds=False, values={"orders": 1}, operator=">=", bound=2)) == "orders >= 2"


@pytest.mark.slow
def test_explanations_agree_with_who_is_in_each_segment(
    whole_run: tuple[Settings, subprocess.CompletedProcess[str]],
) -> None:
    settings, _ = whole_run
    with connect(settings, read_only=True) as connection:
        members = connection.execute(
            "select segment, min(customer_id) from segments.segment_memberships group by 1"
        ).fetchall()
        segments = [segment for segment, _ in members]
    assert len(segments) > 5
    for segment, customer in members:
        [inside] = explain(settings, customer, segment)  # raises if the clauses and the membership disagree
        assert inside.is_member
        assert inside.nearest is None
    outside = [one for segment in segments for one in explain(settings, members[0][1], segment) if not one.is_member]
    assert outside
    assert all(one.nearest for one in outside)


@pytest.mark.slow
def test_the_command_prints_both_forms(
    whole_run: tuple[Settings, subprocess.CompletedProcess[str]], kindred: Kindred
) -> None:
    settings, _ = whole_run
    with connect(settings, read_only=True) as connection:
        [row] = connection.execute(
            "select min(customer_id) from segments.segment_memberships where segment = 'win_back'"
        ).fetchall()
    page = kindred(settings, "explain", row[0], "win_back").stdout
    assert "IN since" in page
    assert "orders_count >= 1" in page
    [content] = json.loads(kindred(settings, "explain", row[0], "win_back", "--json").stdout)
    assert content["is_member"]


@pytest.mark.slow
def test_a_segment_that_is_none_is_one_sentence(
    whole_run: tuple[Settings, subprocess.CompletedProcess[str]], kindred: Kindred
) -> None:
    settings, _ = whole_run
    answer = kindred(settings, "explain", "anybody", "no_such_segment")
    assert answer.returncode == 1
    assert answer.stderr.startswith("There is no segment no_such_segment: use one of ")
