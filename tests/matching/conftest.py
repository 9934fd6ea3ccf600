"""People to compare, in a database of a test's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pytest

from matching._score import score

if TYPE_CHECKING:
    from collections.abc import Callable

    from matching._score import Scored

Person = dict[str, str | None]
COLUMNS = (
    *("first_name", "last_name", "birth_date", "national_id", "street", "street_number", "street_2", "postal_code"),
    *("city", "emails"),
)


@dataclass(frozen=True)
class Pair:
    score: float
    is_contradicted: bool
    evidence: str


def strangers(count: int) -> list[Person]:
    """People with nothing in common, so that frequencies are those of a town and not of a family."""
    return [
        {
            "first_name": f"given{number * 7919 % 10007}",
            "last_name": f"family{number * 104729 % 10007}",
            "birth_date": f"{1930 + number % 70}-{1 + number % 12:02}-{1 + number % 28:02}",
            "postal_code": f"{10000 + number * 37 % 89999}",
            "city": f"town{number % 200}",
        }
        for number in range(count)
    ]


def table_of(people: list[Person]) -> pa.Table:
    """The columns of identity.matching_records; the first person is number 1."""
    texts = {name: pa.array([person.get(name) for person in people], pa.string()) for name in COLUMNS}
    return pa.table({"identifier_id": pa.array(range(1, len(people) + 1), pa.int64()), **texts})


def scored(records: pa.Table) -> Scored:
    with duckdb.connect() as scratch:
        scratch.register("records", records)
        return score(scratch)


@pytest.fixture(scope="session")
def compare() -> Callable[..., Pair | None]:
    """The score of two people among two thousand strangers; none if they are not worth keeping."""

    def compare_two(one: Person, other: Person) -> Pair | None:
        rows: list[dict[str, Any]] = scored(table_of([one, other, *strangers(2000)])).scores.to_pylist()
        found = [row for row in rows if (row["identifier_id"], row["other_identifier_id"]) == (1, 2)]
        if not found:
            return None
        return Pair(float(found[0]["score"]), found[0]["is_contradicted"], found[0]["evidence"])

    return compare_two
