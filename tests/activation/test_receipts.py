"""What destinations answered outlives every rebuild."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from tests.activation.conftest import Project

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
        results = outbox_project.dbt("run", "--select", *KEPT, *arguments)
        assert [result["status"] for result in results] == ["success"] * len(KEPT)
        assert counts(outbox_project) == dict.fromkeys(KEPT, 1)
    with duckdb.connect(str(outbox_project.database)) as connection:
        for name in KEPT:
            connection.execute(f"delete from activation.{name}")
