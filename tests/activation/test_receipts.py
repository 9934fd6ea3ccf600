"""What destinations answered outlives every rebuild."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from tests.activation.conftest import Project

KEYS = 40
INSERT = """
    insert into activation.receipts
    (receipt_id, sync, destination, record_key, operation, outcome, external_id, delivered_at, recorded_at)
    values (?, 's', 'd', ?, ?, ?, ?, ?, ?)
"""
KEPT = ("receipts", "quality_gates", "sync_runs")
ROWS = {
    "receipts": "(receipt_id, run_id, sync, outcome) values ('kept', 'r', 's', 'accepted')",
    "quality_gates": "(gate, build_id, passed) values ('kept', 'b', true)",
    "sync_runs": "(run_id, sync, status) values ('kept', 's', 'succeeded')",
}


def counts(project: Project) -> dict[str, int]:
    with duckdb.connect(str(project.database), read_only=True) as connection:
        return {name: connection.execute(f"select count(*) from activation.{name}").fetchall()[0][0] for name in KEPT}


def test_a_rerun_and_a_full_refresh_keep_what_was_answered_checked_and_run(outbox_project: Project) -> None:
    with duckdb.connect(str(outbox_project.database)) as connection:
        for name, row in ROWS.items():
            connection.execute(f"insert into activation.{name} {row}")
    for arguments in ((), ("--full-refresh",)):
        outbox_project.build("--select", *KEPT, *arguments)
        assert counts(outbox_project) == dict.fromkeys(KEPT, 1)
    with duckdb.connect(str(outbox_project.database)) as connection:
        for name in KEPT:
            connection.execute(f"delete from activation.{name}")


def test_what_stands_says_the_same_as_all_receipts_whenever_it_was_built(outbox_project: Project) -> None:
    drawn = Random(7)  # noqa: S311 - no secret
    with duckdb.connect(str(outbox_project.database)) as connection:
        connection.execute("delete from activation.receipts")
    for load in range(5):
        with duckdb.connect(str(outbox_project.database)) as connection:
            connection.executemany(INSERT, [_receipt(drawn, load, number) for number in range(300)])
        if load % 2 == 0:
            outbox_project.build("--select", "standing_receipts")
        assert _states(outbox_project, "current_receipts") == _states(outbox_project, "receipts"), load
    with duckdb.connect(str(outbox_project.database)) as connection:
        stands = connection.execute("select count(*) from activation.standing_receipts").fetchall()[0][0]
        connection.execute("delete from activation.receipts")
    outbox_project.build("--select", "standing_receipts", "--full-refresh")
    assert 0 < stands <= 5 * KEYS


def _receipt(drawn: Random, load: int, number: int) -> tuple[object, ...]:
    operation = drawn.choice(["add", "update", "remove"])
    outcome = drawn.choice(["accepted", "pending", "rejected", "retryable", "rate_limited", "unknown"])
    # Receipts of a run that died come late: what they tell of may be older than what stands.
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=drawn.randrange(60 * (load + 1)))
    recorded = datetime(2026, 1, 2, tzinfo=UTC) + timedelta(days=load)
    named = drawn.choice([None, f"id-{number}"])
    return (f"r-{load}-{number}", f"k{drawn.randrange(KEYS)}", operation, outcome, named, at, recorded)


def _states(project: Project, receipts: str) -> list[tuple[object, ...]]:
    """The last words that the model of states reads, out of these receipts."""
    with duckdb.connect(str(project.database)) as connection:
        repeated = _query(connection, "repeated_keys").replace("activation.current_receipts", f"activation.{receipts}")
        states = _query(connection, "receipt_states").replace("activation.current_receipts", f"activation.{receipts}")
        states = states.replace("kindred.activation.repeated_keys", "repeated")
        connection.execute(f"create temp view repeated as {repeated}")
        return connection.execute(f"select * from ({states}) order by record_key").fetchall()


def _query(connection: duckdb.DuckDBPyConnection, view: str) -> str:
    definition: str = connection.execute(
        "select view_definition from information_schema.views where table_name = ?", [view]
    ).fetchall()[0][0]
    return definition[definition.lower().index(" as ") + 4 :].rstrip(";\n ").replace('"', "")
