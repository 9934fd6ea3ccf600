"""One warehouse through loads, late rows, deletions, decisions and changed rules: always what a rebuild would give."""

from __future__ import annotations

import csv
import random
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.warehouse import Scratch, write_observations

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    NewIdentity = Callable[[Path], Scratch]

pytestmark = pytest.mark.slow

TABLES = ("identity_links", "refused_links", "identity_clusters", "blocked_identifiers")
OVERRIDES = ("kind", "identifier_type", "identifier_value", "other_type", "other_value", "reason", "decided_by",
             "decided_on")  # fmt: skip
DECISIONS = [
    ("same", "user_id", "U10", "user_id", "U20", "one person, two accounts", "mia", "2026-01-02"),
    ("different", "email", "p30.0@x.org", "user_id", "U30", "the father's account", "mia", "2026-01-02"),
    ("links_nobody", "email", "p40.0@x.org", "", "", "a shared desk", "mia", "2026-01-02"),
]
EMAIL_OF = "select customer_id from identity.customer_identifiers where identifier_value = '{}'"
ON_DAY = """
select identifier_id, customer_id from identity.identifier_history
where valid_from <= timestamp '{day}' and (valid_to > timestamp '{day}' or valid_to is null)
"""


class Warehouse:
    """A scratch warehouse, and one beside it that is built anew from the same rows and rules."""

    def __init__(self, folder: Path, new_identity: NewIdentity) -> None:
        self.folder, self.new_identity = folder, new_identity
        self.scratch = new_identity(folder / "kept")
        self.rules = self.scratch.folder / "seeds"
        self.decisions: Sequence[tuple[str, ...]] = []
        self.limits = (self.rules / "identifier_limits.csv").read_text()

    def step(self, observations: list[Any], day: str) -> dict[Any, Any]:
        """Build on what is there.

        Returns:
            the customer of each identifier.
        """
        return _build(self.scratch, observations, self.decisions, self.limits, day)

    def anew(self, name: str, observations: list[Any], day: str) -> Scratch:
        scratch = self.new_identity(self.folder / name)
        _build(scratch, observations, self.decisions, self.limits, day)
        return scratch


def _build(scratch: Scratch, observations: list[Any], decisions: Any, limits: str, day: str) -> dict[Any, Any]:
    with (scratch.folder / "seeds" / "identity_overrides.csv").open("w", newline="") as file:
        csv.writer(file).writerows([OVERRIDES, *decisions])
    (scratch.folder / "seeds" / "identifier_limits.csv").write_text(limits)
    fields = ("record_id", "source", "identifier_type", "identifier_value", "observed_at", "loaded_at")
    columns = ", ".join(f"unnest(?) as {field}" for field in fields)
    write_observations(scratch, f"select {columns}", [[getattr(row, name) for row in observations] for name in fields])
    without_tests = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
    scratch.dbt("build", *without_tests, variables={"as_of": f"{day} 00:00:00"})
    return dict(rows(scratch, "select identifier_id, customer_id from identity.customer_identifiers"))


def rows(scratch: Scratch, query: str) -> set[Any]:
    with scratch.connect() as connection:
        return set(connection.execute(query).fetchall())


def one(scratch: Scratch, value: str) -> Any:
    [(customer,)] = rows(scratch, EMAIL_OF.format(value))
    return customer


def assert_as_rebuilt(warehouse: Warehouse, name: str, observations: list[Any], day: str) -> None:
    anew = warehouse.anew(name, observations, day)
    for table in TABLES:
        query = f"select * from identity.{table}"
        assert rows(warehouse.scratch, query) == rows(anew, query), (name, table)


def test_any_sequence_ends_where_a_rebuild_does(
    tmp_path: Path, new_identity: NewIdentity, observations: list[Any]
) -> None:
    rng = random.Random(5)  # noqa: S311  (rows, not secrets)
    warehouse = Warehouse(tmp_path, new_identity)
    scratch = warehouse.scratch
    first, later = observations[: len(observations) // 2], observations
    fewer = [row for row in observations if rng.random() < 0.9 or row.record_id.endswith("0")]

    days = {"2027-01-01": warehouse.step(first, "2027-01-01"), "2027-01-02": warehouse.step(later, "2027-01-02")}
    days["2027-01-03"] = warehouse.step(fewer, "2027-01-03")
    assert_as_rebuilt(warehouse, "fewer", fewer, "2027-01-03")

    plain = warehouse.step(later, "2027-01-04")
    links = rows(scratch, "select * from identity.identity_links")
    warehouse.decisions = DECISIONS
    warehouse.limits = warehouse.limits.replace("email,per_customer,,10,\n", "email,per_customer,,1,\n")
    days["2027-01-05"] = warehouse.step(later, "2027-01-05")
    assert_as_rebuilt(warehouse, "decided", later, "2027-01-05")
    assert one(scratch, "U10") == one(scratch, "U20")
    assert one(scratch, "p30.0@x.org") != one(scratch, "U30")
    assert rows(scratch, EMAIL_OF.format("p40.0@x.org")) == set()
    assert rows(scratch, _MOST_EMAILS) == {(1,)}

    warehouse.decisions = []
    warehouse.limits = warehouse.limits.replace("email,per_customer,,1,\n", "email,per_customer,,10,\n")
    undone = warehouse.step(later, "2027-01-06")
    assert rows(scratch, "select * from identity.identity_links") == links
    assert undone == plain, "what was merged or split by a line has its customers back without it"
    for day, owners in days.items():
        assert rows(scratch, ON_DAY.format(day=day)) == set(owners.items()), day
    assert rows(scratch, _UNEXPLAINED_MERGES) == set()
    assert len(rows(scratch, _MERGES)) > 10


_MOST_EMAILS = """
select max(emails) from (
    select count(*) as emails from identity.customer_identifiers where identifier_type = 'email' group by customer_id
) as counted
"""
_MERGES = "select * from identity.customer_changes where change_kind = 'merge'"
_UNEXPLAINED_MERGES = f"""
select changes.change_id from ({_MERGES}) as changes
left join identity.identifier_history as near
    on changes.link_identifier_id = near.identifier_id and near.customer_id = changes.customer_id
    and near.to_run = changes.run_number
where near.identifier_id is null
"""
