"""A failed error blocks the send, also when only the sync is materialised."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from dagster import AssetCheckKey, AssetSelection, Definitions, define_asset_job

from expectations import check_suite
from orchestration.assets.checks import CUSTOMERS
from orchestration.dbt import Dbt
from orchestration.definitions import build_definitions
from orchestration.pipeline import run_job
from warehouse import connect

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.dbt_events import NodeDone
    from warehouse import Settings

pytestmark = pytest.mark.slow

SYNC = "sync_demo_files__win_back"
CHECK = "only_the_check"


def _nobody(_node: NodeDone) -> None:
    return


def _definitions(settings: Settings) -> Definitions:
    only_the_check = define_asset_job(CHECK, AssetSelection.checks(AssetCheckKey(CUSTOMERS, "expectations_customers")))
    defs = build_definitions(settings, Dbt(settings).manifest(), _nobody)
    return Definitions.merge(defs, Definitions(jobs=[only_the_check]))


def _forget_deliveries(settings: Settings) -> None:
    with connect(settings) as connection:
        connection.execute("delete from activation.receipts")


def _receipts(settings: Settings) -> int:
    with connect(settings, read_only=True) as connection:
        row = connection.execute("select count(*) from activation.receipts").fetchone()
    return int(row[0]) if row else 0


def test_only_the_sync_is_materialised_and_delivers(built_warehouse: Settings) -> None:
    _forget_deliveries(built_warehouse)
    outcome = run_job(built_warehouse, _definitions(built_warehouse), SYNC)
    assert outcome.failures == ()
    assert _receipts(built_warehouse) > 0


def test_a_failed_check_of_customers_stops_the_sync_that_is_materialised_alone(built_warehouse: Settings) -> None:
    _forget_deliveries(built_warehouse)
    with connect(built_warehouse) as connection:
        connection.execute("update customer_360.customers set is_test = true")
    definitions = _definitions(built_warehouse)

    [check] = run_job(built_warehouse, definitions, CHECK).failures
    assert check.startswith("The check expectations_customers on customers failed: expected that at most one in twenty")

    [sync] = run_job(built_warehouse, definitions, SYNC).failures
    assert sync.startswith(f"The sync {SYNC} was not sent: ")
    assert "did not pass: customers" in sync
    assert "\n" not in sync
    assert _receipts(built_warehouse) == 0


def test_a_failed_dbt_test_stops_the_sync_that_is_started_alone_later(
    built_warehouse: Settings, tmp_path: Path
) -> None:
    _forget_deliveries(built_warehouse)
    project = tmp_path / "dbt_project"
    shutil.copytree(built_warehouse.project, project, ignore=shutil.ignore_patterns("target", "logs"))
    (project / "tests" / "nobody_wins_back.sql").write_text("select customer_id from {{ ref('win_back') }}")
    settings = replace(built_warehouse, project=project)
    one_model = define_asset_job("one_model", AssetSelection.assets(["segments", "win_back"]))
    definitions = Definitions.merge(_definitions(settings), Definitions(jobs=[one_model]))

    [build] = run_job(settings, definitions, "one_model").failures
    assert build.startswith("The test nobody_wins_back on win_back found ")

    [sync] = run_job(settings, definitions, SYNC).failures
    assert "did not pass: dbt_tests" in sync
    assert _receipts(settings) == 0


def test_a_check_of_another_build_does_not_open_the_gate(built_warehouse: Settings) -> None:
    _forget_deliveries(built_warehouse)
    with connect(built_warehouse) as connection:
        connection.execute("update activation.desired_records set build_id = 'another'")
    [sync] = run_job(built_warehouse, _definitions(built_warehouse), SYNC).failures
    assert "checked another build" in sync
    assert _receipts(built_warehouse) == 0


def test_a_withdrawn_consent_closes_the_gate_outgoing(built_warehouse: Settings) -> None:
    with connect(built_warehouse) as connection:
        connection.execute(
            "update consent.consents set is_granted = false"
            " where customer_id = (select min(customer_id) from activation.desired_records)"
        )
    result = check_suite(built_warehouse, "outgoing")
    assert not result.passed
    assert result.blocking[0].sentence == "everybody in it has consented to each purpose"
