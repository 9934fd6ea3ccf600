"""Likeness on the demo's people, against the truth, and as a job of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from dagster import DagsterInstance
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from demo.accuracy import Accuracy, accuracy
from orchestration.assets.likeness import SCORES
from orchestration.dbt import Dbt
from orchestration.definitions import build_definitions
from orchestration.schedules import MATCH, PIPELINE
from warehouse import Settings, connect, exclusive

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.dbt_events import NodeDone
    from tests.conftest import Kindred

pytestmark = pytest.mark.slow


def _build(settings: Settings, level: str) -> Accuracy:
    """What a level gives; dbt reads the project without it, for with other variables it would read everything anew."""
    build = ("run", "--select", "matching_levels+1", "likely_links+,+record_customers", "--vars",
             f"identity_matching: {level}")  # fmt: skip
    with exclusive(settings):
        read: Any = Dbt(settings).invoke("parse").result
        outcome = dbtRunner(manifest=read).invoke([*build, *Dbt(settings)._options(build)])
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    assert outcome.success, outcome.exception
    with connect(settings, read_only=True) as connection:
        return accuracy(connection)


@pytest.mark.timeout(600)
def test_likeness_finds_more_of_the_demos_people_and_mixes_no_more_of_them(
    built_warehouse: Settings, kindred: Kindred
) -> None:
    with connect(built_warehouse, read_only=True) as connection:
        before = accuracy(connection)
    matched = kindred(built_warehouse, "match")
    assert matched.returncode == 0, matched.stderr
    assert matched.stdout.startswith("Compared ")
    strict, loose = _build(built_warehouse, "strict"), _build(built_warehouse, "loose")
    assert before.customers > strict.customers >= loose.customers
    assert before.recall < strict.recall <= loose.recall
    assert min(strict.precision, loose.precision) >= 0.995


def test_the_pipeline_goes_without_likeness_which_is_a_job_of_its_own(
    built_warehouse: Settings, tmp_path: Path
) -> None:
    def nobody(_node: NodeDone) -> None:
        return

    definitions = build_definitions(built_warehouse, Dbt(built_warehouse).manifest(), nobody)
    assert SCORES not in definitions.resolve_job_def(PIPELINE).asset_layer.executable_asset_keys
    with DagsterInstance.ephemeral(str(tmp_path)) as instance:
        result = definitions.resolve_job_def(MATCH).execute_in_process(instance=instance)
    assert result.success
    [made] = result.get_asset_materialization_events()
    assert made.asset_key == SCORES
    assert made.materialization.metadata["people"].value > 0
