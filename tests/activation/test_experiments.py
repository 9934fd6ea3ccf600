"""Who is held out stays held out: through changed shares, merges, splits and full refreshes, beside a plain oracle."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import duckdb
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.activation.conftest import Project

pytestmark = pytest.mark.slow

SYNC = "sync_demo_files__win_back"
REAL = (
    "../customer_360/history/customer_heirs",
    "experiments/experiment_units",
    "experiments/experiment_candidates",
    "experiments/experiment_assignments",
    "experiments/experiment_memberships",
    "experiments/experiment_arms",
    "experiments/sync_holdouts",
    "audience_decisions",
)
STUBS = {
    "identity": {
        "identifier_history": "identifier_id bigint, customer_id varchar, from_run bigint, to_run bigint,"
        " is_current boolean",
        "identity_assignments": "customer_id varchar, minted_in_run bigint, founded_at timestamp",
    },
    "consent": {"suppressions": "customer_id varchar, reason varchar"},
    "activation": {
        "audience_gates": "sync varchar, segment varchar, customer_id varchar, record_key varchar,"
        " permission_id varchar, gate integer, reason varchar, detail varchar",
        "experiment_eligibles": "sync varchar, customer_id varchar",
        "syncs": "sync varchar, holdout_share double, is_promotional boolean, conversion_days bigint,"
        " holdout_until timestamp",
        "sync_companions": "sync varchar, customer_id varchar, companion_id varchar",
        "campaign_assignments": "record_id varchar, campaign_id varchar, arm varchar, treatment_share double,"
        " conversion_days bigint, assigned_at timestamp, customer_id varchar",
    },
}
UNIVERSAL = 0.05


def bucket(salt: str, unit: str) -> int:
    return int(hashlib.md5(f"{salt}:{unit}".encode()).hexdigest()[:8], 16) % 10_000  # noqa: S324 - no secret


@dataclass
class People:
    """Customers c0, c1, …, each with one identifier; a merge gives it to another, a split gives it back."""

    owner: dict[int, int] = field(default_factory=dict)
    log: list[tuple[int, int, int]] = field(default_factory=list)
    run: int = 0

    def own(self, identifier: int, customer: int) -> None:
        self.owner[identifier] = customer
        self.log.append((identifier, customer, self.run))

    def families(self) -> dict[int, list[int]]:
        """Whom each customer of today carries on, the oldest first."""
        found: dict[int, list[int]] = {}
        for identifier, customer in sorted(self.owner.items()):
            found.setdefault(customer, []).append(identifier)
        return found

    def history(self) -> list[tuple[int, str, int, int | None, bool]]:
        rows = []
        for place, (identifier, customer, run) in enumerate(self.log):
            later = [r for one, _, r in self.log[place + 1 :] if one == identifier]
            rows.append((identifier, f"c{customer}", run, later[0] if later else None, not later))
        return rows


@dataclass
class Oracle:
    """The rules in Python: the arm of each unit, by experiment."""

    ledger: dict[tuple[str, str], str] = field(default_factory=dict)

    def step(self, people: People, share: float) -> set[str]:
        """Toss for whoever was not tossed for.

        Returns:
            the customers who are sent.
        """
        sent = set()
        for customer, family in people.families().items():
            members = [f"c{one}" for one in family]
            arms = [self._arms(f"audience:{SYNC}", SYNC, members, share)]
            arms.append(self._arms("universal", "universal", members, UNIVERSAL))
            if all("control" not in one for one in arms):
                sent.add(f"c{customer}")
        return sent

    def _arms(self, experiment: str, salt: str, members: list[str], share: float) -> set[str]:
        known = {self.ledger[experiment, one] for one in members if (experiment, one) in self.ledger}
        if known or share == 0:
            return known
        arm = "control" if bucket(salt, members[0]) < round(share * 10_000) else "treatment"
        self.ledger[experiment, members[0]] = arm
        return {arm}


@pytest.fixture(scope="module")
def project(new_project: Callable[[Path], Project], tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = new_project(tmp_path_factory.mktemp("experiments"))
    for model in REAL:
        made.copy_model(model)
    (made.folder / "home").mkdir()
    with duckdb.connect(str(made.database)) as connection:
        for schema, tables in STUBS.items():
            connection.execute(f"create schema {schema}")
            for table, columns in tables.items():
                connection.execute(f"create table {schema}.{table} ({columns})")
                made.write(f"models/{schema}/stubs/{table}.sql", "select 1 as nothing")
    return made.read_once()


def build(project: Project, people: People, share: float, *arguments: str) -> tuple[set[str], dict[str, str]]:
    """Build on what is there.

    Returns:
        the customers who are sent, and each customer's reason.
    """
    history, today = people.history(), sorted(people.families())
    with duckdb.connect(str(project.database)) as connection:
        for schema, tables in STUBS.items():
            for table in tables:
                connection.execute(f"delete from {schema}.{table}")
        connection.executemany("insert into identity.identifier_history values (?, ?, ?, ?, ?)", history)
        connection.execute(
            "insert into identity.identity_assignments"
            " select customer_id, 1, timestamp '2026-01-01' + interval (identifier_id) minute"
            " from identity.identifier_history where customer_id = 'c' || identifier_id"
        )
        connection.execute(f"insert into activation.syncs values ('{SYNC}', ?, true, 14, null)", [share])
        connection.executemany(
            f"insert into activation.audience_gates values ('{SYNC}', 'win_back', ?, 'k', 'p', null, null, null)",
            [(f"c{one}",) for one in today],
        )
        connection.execute(
            "insert into activation.experiment_eligibles select sync, customer_id from activation.audience_gates"
        )
    variables = {"as_of": f"2026-01-{people.run + 1:02} 00:00:00", "universal_holdout": {"share": UNIVERSAL,
                 "conversion_days": 90}}  # fmt: skip
    project.build("--exclude", "path:models/*/stubs", "--vars", json.dumps(variables), *arguments)
    with duckdb.connect(str(project.database), read_only=True) as connection:
        rows = connection.execute("select customer_id, reason from activation.audience_decisions").fetchall()
    return {customer for customer, reason in rows if reason is None}, dict(rows)


def ledger(project: Project) -> dict[tuple[str, str], tuple[str, float, str]]:
    with duckdb.connect(str(project.database), read_only=True) as connection:
        rows = connection.execute(
            "select experiment_id, unit_id, arm, holdout_share, assigned_at::varchar"
            " from activation.experiment_assignments"
        ).fetchall()
    found = {(experiment, unit): (arm, share, at) for experiment, unit, arm, share, at in rows}
    assert len(found) == len(rows), "a unit was tossed for twice"
    return found


def test_no_sequence_of_shares_merges_and_splits_moves_anybody(project: Project) -> None:
    rng = random.Random(11)  # noqa: S311 - people, not secrets
    people, oracle = People(), Oracle()
    before: dict[tuple[str, str], tuple[str, float, str]] = {}
    reasons: set[str | None] = set()
    for run, share in enumerate((0.3, 0.6, 0.1, 0.0, 0.5), start=1):
        people.run = run
        for one in range(len(people.owner), len(people.owner) + 120):
            people.own(one, one)
        _merge_and_split(people, rng)
        sent, why = build(project, people, share, *(("--full-refresh",) if run == 3 else ()))
        assert sent == oracle.step(people, share)
        after = ledger(project)
        assert {key: arm for key, (arm, _, _) in after.items()} == oracle.ledger
        assert before.items() <= after.items(), "an assignment was changed"
        before = after
        reasons |= set(why.values())
    assert reasons == {None, "holdout", "universal holdout", "holdout: merged with somebody who is not held out"}


def _merge_and_split(people: People, rng: random.Random) -> None:
    """A tenth of the customers goes into an older one, with all whom they carry on; some come off again."""
    merged = [identifier for identifier, owner in people.owner.items() if owner != identifier]
    for identifier in rng.sample(merged, len(merged) // 3):
        people.own(identifier, identifier)
    for customer in rng.sample(sorted(people.families()), len(people.families()) // 10):
        older = [one for one in people.families() if one < customer]
        if older:
            into = rng.choice(older)
            for identifier in people.families()[customer]:
                people.own(identifier, into)
