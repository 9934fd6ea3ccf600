from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demo.accuracy import Accuracy, accuracy
from demo.options import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable

Row = tuple[str | None, str | None, str, bool]
"""Person, customer, mess, whether the record holds an identifier of its person."""


def _measure(rows: Iterable[Row]) -> Accuracy:
    with duckdb.connect() as connection:
        connection.execute("create schema truth; create schema identity")
        connection.execute(
            "create table truth.record_owners (record_id text, person_id text, mess text, is_identifiable boolean)"
        )
        connection.execute("create table identity.record_customers (record_id text, source text, customer_id text)")
        for number, (person, customer, mess, identifiable) in enumerate(rows):
            record = f"shop_orders:{number}"
            connection.execute(
                "insert into truth.record_owners values (?, ?, ?, ?)", [record, person, mess, identifiable]
            )
            if customer:
                connection.execute("insert into identity.record_customers values (?, 'shop', ?)", [record, customer])
        return accuracy(connection)


def _clean(pairs: Iterable[tuple[str, str]]) -> list[Row]:
    return [(person, customer, "clean", True) for person, customer in pairs]


def test_a_perfect_answer_has_no_errors() -> None:
    found = _measure(_clean(("Ada", "1") for _ in range(3)) + _clean([("Ben", "2")]))
    assert (found.precision, found.recall, found.f1) == (1, 1, 1)
    assert (found.bcubed_precision, found.bcubed_recall, found.bcubed_f1) == (1, 1, 1)
    assert (found.records, found.people, found.customers, found.unassigned) == (4, 2, 2, 0)


def test_a_person_split_in_two_costs_recall() -> None:
    found = _measure(_clean([("Ada", "1"), ("Ada", "1"), ("Ada", "2"), ("Ada", "2")]))
    assert (found.precision, found.recall) == (1, pytest.approx(2 / 6))
    assert (found.bcubed_precision, found.bcubed_recall) == (1, 0.5)
    assert (found.people, found.customers) == (1, 2)


def test_two_people_in_one_customer_cost_precision() -> None:
    found = _measure(_clean([("Ada", "1"), ("Ada", "1"), ("Ada", "1"), ("Ben", "1")]))
    assert (found.precision, found.recall) == (0.5, 1)
    assert (found.bcubed_precision, found.bcubed_recall) == (pytest.approx((3 * 0.75 + 0.25) / 4), 1)
    assert (found.largest_customer_records, found.largest_customer_people) == (4, 2)


def test_a_record_without_a_customer_stands_alone_if_it_holds_an_identifier() -> None:
    found = _measure([("Ada", "1", "clean", True), ("Ada", None, "clean", True), ("Ada", None, "clean", False)])
    assert (found.records, found.customers, found.unassigned, found.recall) == (2, 1, 1, 0)


def test_a_record_of_nobody_given_to_a_customer_is_an_error() -> None:
    found = _measure([("Ada", "1", "clean", True), (None, "1", "clean", False), (None, None, "clean", False)])
    assert (found.records, found.precision) == (2, 0)


def test_nothing_to_compare_is_no_error() -> None:
    found = _measure([])
    assert (found.records, found.precision, found.recall, found.losses) == (0, 1, 1, ())


def test_a_part_that_broke_away_is_laid_to_the_mess_in_it() -> None:
    rows: list[Row] = [("Ada", "1", "late_rows", True)] * 3
    rows += [("Ada", "2", "clean", True), ("Ada", "2", "unlinked_devices", True)]
    losses = {loss.mess: loss for loss in _measure(rows).losses}
    assert losses["unlinked_devices"].recall_loss == pytest.approx(6 / 10)
    assert losses["clean"].recall_loss == losses["late_rows"].recall_loss == 0


def test_a_part_is_laid_to_the_mess_that_can_split_by_how_many_records_it_touched() -> None:
    rows: list[Row] = [("Ada", "1", "clean", True)] * 8 + [("Ada", "1", "changed_emails", True)]
    rows += [("Ada", "2", "shared_devices", True)] * 3 + [("Ada", "2", "placeholder_values", True)]
    rows += [("Ada", "2", "late_rows", True)] * 4
    losses = {loss.mess: loss for loss in _measure(rows).losses}
    assert (losses["shared_devices"].missed_pairs, losses["placeholder_values"].missed_pairs) == (54, 18)
    assert losses["late_rows"].missed_pairs == losses["changed_emails"].missed_pairs == 0


def test_a_mixed_customer_is_laid_to_each_shared_mess_by_its_records() -> None:
    rows: list[Row] = [("Ada", "1", "shared_emails", True)] * 4 + [("Ada", "1", "households", True)]
    rows += [("Ben", "1", "shared_emails", True)] * 3 + [("Ben", "1", "households", True)]
    wrong = {loss.mess: loss.wrong_pairs for loss in _measure(rows).losses}
    assert wrong == {"shared_emails": 15, "households": 5}


def test_a_part_without_such_mess_is_laid_to_the_persons_other_records() -> None:
    rows: list[Row] = [("Ada", "1", "changed_emails", True)] * 2 + [("Ada", "1", "clean", True)] * 3
    rows += [("Ada", "2", "clean", True), ("Ada", "2", "odd_times", True)]
    rows += [("Ben", "3", "clean", True)] * 2 + [("Ben", "4", "odd_times", True)]
    missed = {loss.mess: loss.missed_pairs for loss in _measure(rows).losses}
    assert missed == {"changed_emails": 10, "odd_times": 2, "clean": 0}


def test_a_mixed_customer_is_laid_to_the_mess_that_both_people_carry() -> None:
    rows: list[Row] = [
        ("Ada", "1", "clean", True),
        ("Ada", "1", "shared_emails", True),
        ("Ada", "1", "store_tablet", True),
    ]
    rows += [("Ben", "1", "shared_emails", True), ("Ben", "1", "placeholder_values", True)]
    losses = {loss.mess: loss for loss in _measure(rows).losses}
    assert losses["shared_emails"].precision_loss == pytest.approx(6 / 10)
    assert losses["store_tablet"].precision_loss == losses["placeholder_values"].precision_loss == 0


_rows = st.lists(
    st.tuples(
        st.sampled_from(["Ada", "Ben", "Cy", None]),
        st.sampled_from(["1", "2", "3", None]),
        st.sampled_from(KINDS),
        st.booleans(),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(_rows)
def test_the_counts_of_groups_agree_with_listing_every_pair(rows: list[Row]) -> None:
    found, expected = _measure(rows), _listed(rows)
    names = ("precision", "recall", "bcubed_precision", "bcubed_recall")
    assert {name: getattr(found, name) for name in names} == pytest.approx(expected)
    assert sum(loss.recall_loss for loss in found.losses) == pytest.approx(1 - found.recall)
    assert sum(loss.precision_loss for loss in found.losses) == pytest.approx(1 - found.precision)
    assert sum(loss.records for loss in found.losses) == found.records


def _listed(rows: list[Row]) -> dict[str, float]:
    records = [
        (person or f"person {number}", customer or f"customer {number}")
        for number, (person, customer, _, identifiable) in enumerate(rows)
        if customer or identifiable
    ]
    pairs = [(a[0] == b[0], a[1] == b[1]) for a, b in combinations(records, 2)]
    both, true = sum(t and f for t, f in pairs), sum(t for t, _ in pairs)
    wrong = sum(f for _, f in pairs)
    return {
        "precision": both / wrong if wrong else 1,
        "recall": both / true if true else 1,
        "bcubed_precision": _bcubed(records, 1, 0),
        "bcubed_recall": _bcubed(records, 0, 1),
    }


def _bcubed(records: list[tuple[str, str]], group: int, other: int) -> float:
    members = defaultdict(list)
    for record in records:
        members[record[group]].append(record[other])
    shares = [members[record[group]].count(record[other]) / len(members[record[group]]) for record in records]
    return sum(shares) / len(shares) if shares else 1
