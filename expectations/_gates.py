"""Append what the checks found to `activation.quality_gates`, which every sync reads before it sends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from expectations._dbt_tests import GATE, DbtRun
from expectations._run import SUITES, run_suites
from warehouse import KindredError, connect

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import duckdb

    from expectations._results import SuiteResult
    from warehouse import Settings

GATES = (GATE, *SUITES)


@dataclass(frozen=True)
class GateRow:
    """One gate's answer about one build."""

    gate: str
    build: str
    passed: bool
    detail: str


def record(settings: Settings, rows: Iterable[GateRow]) -> None:
    """Append answers.

    Raises:
        KindredError: the table is not there yet.
    """
    checked_at = datetime.now(UTC).replace(tzinfo=None)
    with connect(settings) as connection:
        if not _exists(connection, "quality_gates"):
            raise KindredError("The warehouse has no table activation.quality_gates: run `kindred run` first.")
        connection.executemany(
            "insert into activation.quality_gates (gate, build_id, passed, detail, checked_at) values (?, ?, ?, ?, ?)",
            [(row.gate, row.build, row.passed, row.detail, checked_at) for row in rows],
        )


def check_dbt_tests(settings: Settings, run_results: Path, earlier: Iterable[Path] = ()) -> GateRow | None:
    """Judge dbt's results and append the gate's answer.

    A partial invocation that neither failed nor rebuilt what is to be sent changes nothing: None.

    Args:
        settings: where the warehouse is.
        run_results: what the last invocation did.
        earlier: the same of the invocations before it that were steps of the same run.
    """
    run = DbtRun.read(run_results, earlier)
    if not (run.failed or run.built_outgoing):
        return None
    passed, detail = run.verdict(current_build(settings) or run.invocation)
    row = GateRow(GATE, run.invocation, passed, detail)
    record(settings, [row])
    return row


def check_suite(settings: Settings, name: str) -> SuiteResult:
    """Run one suite on what stands in the warehouse and append the gate's answer."""
    build = current_build(settings) or latest_build(settings)
    result = run_suites(settings, build, (name,))[0]
    record(settings, [GateRow(name, build, result.passed, result.summary)])
    return result


def current_build(settings: Settings) -> str | None:
    """The build that `desired_records` holds; None if it has no row.

    Raises:
        KindredError: it was never built.
    """
    with connect(settings, read_only=True) as connection:
        if not _exists(connection, "desired_records"):
            raise KindredError("The warehouse has no table activation.desired_records: run `kindred run` first.")
        found = connection.execute("select distinct build_id from activation.desired_records order by 1").fetchall()
    return " and ".join(str(row[0]) for row in found) or None


def latest_build(settings: Settings) -> str:
    """The build whose tests were judged last: what an empty `desired_records` cannot say itself."""
    query = "select max_by(build_id, checked_at) from activation.quality_gates where gate = ?"
    with connect(settings, read_only=True) as connection:
        row = connection.execute(query, [GATE]).fetchone()
    return str(row[0]) if row and row[0] else "none"


def latest_gates(settings: Settings) -> list[GateRow]:
    """The last answer of each gate, in order; a gate that never answered is left out."""
    query = """
        select gate, arg_max(build_id, checked_at), arg_max(passed, checked_at), arg_max(detail, checked_at)
        from activation.quality_gates
        group by gate
    """
    with connect(settings, read_only=True) as connection:
        found = {row[0]: GateRow(*row) for row in connection.execute(query).fetchall()}
    return [found[gate] for gate in GATES if gate in found]


def latest_run_results(settings: Settings) -> Path:
    """The newest results of dbt: those of `kindred run`, or of a bare `dbt build` in the project."""
    places = (settings.dbt_target, settings.project / "target")
    found = [path for place in places if (path := place / "run_results.json").exists()]
    if not found:
        raise KindredError(f"There are no results of dbt in {' or '.join(map(str, places))}: run dbt build first.")
    return max(found, key=lambda path: path.stat().st_mtime_ns)


def suite_names() -> tuple[str, ...]:
    """The suites, in the order in which they are run."""
    return tuple(SUITES)


def _exists(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    query = "select 1 from information_schema.tables where table_schema = 'activation' and table_name = ?"
    return connection.execute(query, [table]).fetchone() is not None
