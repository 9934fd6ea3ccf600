"""Who is one person, who is only of one family, and who is neither."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from matching._comparisons import COMPARISONS
from tests.matching.conftest import Pair, Person, scored, strangers, table_of

if TYPE_CHECKING:
    from collections.abc import Callable

    Compare = Callable[[Person, Person], Pair | None]

STRICT = 0.99
ANNA: Person = {
    "first_name": "annabel",
    "last_name": "mustermann",
    "birth_date": "1984-05-17",
    "street": "lindenstrasse",
    "street_number": "12",
    "postal_code": "53111",
    "city": "bonn",
    "emails": "annabel.mustermann84@example.org",
}
HOME = ("last_name", "street", "street_number", "postal_code", "city")
AT_HOME: Person = {name: ANNA[name] for name in HOME}

ONE_PERSON: dict[str, tuple[Person, Person]] = {
    "a misspelt name": (ANNA, ANNA | {"first_name": "anabel", "last_name": "musterman", "emails": None}),
    "swapped names": (ANNA, ANNA | {"first_name": "mustermann", "last_name": "annabel", "emails": None}),
    "swapped names and a misspelt email": (
        {"first_name": "annabel", "last_name": "mustermann", "emails": "annabel.mustermann84@example.org"},
        {"first_name": "mustermann", "last_name": "annabel", "emails": "anabel.mustermann84@example.org"},
    ),
    "a misspelt birthday": (ANNA, ANNA | {"birth_date": "1984-05-71", "emails": None}),
    "accents and capitals": (ANNA, ANNA | {"first_name": " ÁNNABEL ", "emails": None}),
    "a moved person": (ANNA, {name: ANNA[name] for name in ("first_name", "last_name", "birth_date")}),
    "a guest with a misspelt email": (
        {name: ANNA[name] for name in ("first_name", "last_name", "emails")},
        {"first_name": "annabel", "last_name": "mustermann", "emails": "anabel.mustermann84@example.org"},
    ),
    "a mailbox at another provider, among several": (
        {"first_name": "annabel", "last_name": "mustermann", "emails": "a@x.org annabel.mustermann84@example.org"},
        {"first_name": "annabel", "last_name": "mustermann", "emails": "annabel.mustermann84@other.net b@x.org"},
    ),
    "a married name, and the same id number": (
        ANNA | {"national_id": "8471920"},
        ANNA | {"last_name": "schulze", "national_id": "8471920", "emails": None},
    ),
    "another first name, and the same id number": (
        ANNA | {"national_id": "8471920"},
        ANNA | {"first_name": "bella", "national_id": "8471920", "emails": None},
    ),
    "two digits of the id number swapped": (
        ANNA | {"national_id": "8471920", "birth_date": None},
        ANNA | {"national_id": "8417920", "birth_date": None, "first_name": "bella", "emails": None},
    ),
}
ONE_FAMILY: dict[str, tuple[Person, Person]] = {
    "a couple": (ANNA, AT_HOME | {"first_name": "otto", "birth_date": "1981-02-02"}),
    "a couple without birthdays": (ANNA | {"birth_date": None}, AT_HOME | {"first_name": "otto"}),
    "twins": (ANNA, AT_HOME | {"first_name": "otto", "birth_date": ANNA["birth_date"]}),
    "mother and daughter of one name": (ANNA, AT_HOME | {"first_name": "annabel", "birth_date": "2009-08-30"}),
    "a couple with similar names": (ANNA | {"birth_date": None}, AT_HOME | {"first_name": "annalena"}),
    "twins whose id numbers follow one another": (
        ANNA | {"national_id": "8471920", "birth_date": None},
        AT_HOME | {"first_name": "otto", "national_id": "8471921"},
    ),
}


@pytest.mark.parametrize("case", ONE_PERSON)
def test_one_person_is_found(compare: Compare, case: str) -> None:
    pair = compare(*ONE_PERSON[case])
    assert pair
    assert not pair.is_contradicted, pair
    assert pair.score >= STRICT, pair


@pytest.mark.parametrize("case", ONE_FAMILY)
def test_a_family_is_never_linked_however_alike(compare: Compare, case: str) -> None:
    pair = compare(*ONE_FAMILY[case])
    assert pair is None or pair.is_contradicted, pair


def test_the_cases_of_families_are_alike_enough_to_matter(compare: Compare) -> None:
    pairs = [compare(*people) for people in ONE_FAMILY.values()]
    assert sum(pair is not None and pair.score >= STRICT for pair in pairs) >= len(ONE_FAMILY) // 2


def test_a_mailbox_with_another_digit_is_another_mailbox(compare: Compare) -> None:
    named: Person = {"first_name": "annabel", "last_name": "mustermann"}
    slip = compare(named | {"emails": "annabel.m84@x.org"}, named | {"emails": "annabel.m48@x.org"})
    other = compare(named | {"emails": "annabel.m84@x.org"}, named | {"emails": "annabel.m85@x.org"})
    assert slip
    assert "an email but for one slip" in slip.evidence
    assert other is None or "other emails" in other.evidence


def test_a_common_name_says_less_than_a_rare_one() -> None:
    def found(first_name: str) -> float:
        one: Person = {"first_name": first_name, "last_name": "mustermann", "postal_code": "53111"}
        crowd = [
            person | {"first_name": "maria"} if n % 10 == 0 else person for n, person in enumerate(strangers(2000))
        ]
        first, *_ = scored(table_of([one, dict(one), *crowd])).scores.to_pylist()
        return float(first["score"])

    assert found("xanthippe") > found("maria")


def test_what_is_not_known_weighs_nothing(compare: Compare) -> None:
    named: Person = {name: ANNA[name] for name in ("first_name", "last_name", "birth_date")}
    bare, silent = compare(named, dict(named)), compare(ANNA, dict(named))
    assert bare
    assert silent
    assert bare.score == silent.score


def test_the_order_of_the_rows_changes_no_byte() -> None:
    people = [ANNA, ANNA | {"first_name": "anabel"}, ANNA | {"last_name": "musterman"}, *strangers(500)]
    records = table_of(people)
    order = random.Random(1).sample(range(len(people)), len(people))  # noqa: S311  (rows, not secrets)
    assert scored(records).scores.equals(scored(records.take(order)).scores)
    ids = scored(records).scores.column("identifier_id").to_pylist()
    assert len(ids) > 1
    assert ids == sorted(ids)


def test_the_evidence_names_no_value_of_a_person(compare: Compare) -> None:
    pair = compare(ANNA, ANNA | {"first_name": "anabel"})
    assert pair
    assert pair.evidence.startswith("nearly the same first name; same last name; same birthday; same house")
    assert not any(str(value) in pair.evidence for value in ANNA.values())


@pytest.mark.parametrize("people", [[], [ANNA], [{"national_id": "1"}, {"national_id": "1"}]], ids=len)
def test_next_to_nobody_can_be_compared(people: list[Person]) -> None:
    assert scored(table_of(people)).people == len(people)


def test_every_answer_weighs_for_or_against_as_it_says() -> None:
    for comparison in COMPARISONS:
        *agreeing, otherwise = comparison.levels
        assert otherwise.condition == "ELSE"
        assert otherwise.m < otherwise.u
        assert all(level.m > level.u for level in agreeing)
        assert sum(level.m for level in comparison.levels) == pytest.approx(1)
