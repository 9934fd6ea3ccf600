"""What the graph consists of, without running it."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from dagster import (
    AssetCheckKey,
    AssetKey,
    DagsterInstance,
    DagsterRunStatus,
    Definitions,
    RunRequest,
    SkipReason,
    build_schedule_context,
)
from dagster._core.test_utils import create_run_for_test

from orchestration.assets.checks import CUSTOMERS, DESIRED, GATE
from orchestration.assets.syncs import RECEIPTS, sync_key, sync_models
from orchestration.dbt import Dbt, Manifest
from orchestration.definitions import build_definitions
from orchestration.lineage import Lineage
from orchestration.schedules import PIPELINE, daily

if TYPE_CHECKING:
    from orchestration.dbt_events import NodeDone
    from warehouse import Settings

pytestmark = pytest.mark.slow


def _nobody(_node: NodeDone) -> None:
    return


@pytest.fixture(scope="module")
def manifest(whole_run: tuple[Settings, subprocess.CompletedProcess[str]]) -> Manifest:
    return Dbt(whole_run[0]).manifest()


@pytest.fixture(scope="module")
def graph(whole_run: tuple[Settings, subprocess.CompletedProcess[str]], manifest: Manifest) -> Definitions:
    return build_definitions(whole_run[0], manifest, _nobody)


def test_the_columns_of_every_model_are_traced(
    whole_run: tuple[Settings, subprocess.CompletedProcess[str]], manifest: Manifest, caplog: pytest.LogCaptureFixture
) -> None:
    lineage = Lineage(manifest, whole_run[0].dbt_target)
    traced = {node: lineage.of(node) for node in manifest["nodes"] if node.startswith("model.")}
    assert not caplog.records
    assert traced["model.kindred.customer_attributes"]["lost_values"], "it is made of the columns of those that lost"


def test_every_layer_is_a_group_and_every_asset_has_an_owner(graph: Definitions) -> None:
    nodes = graph.resolve_asset_graph().asset_nodes
    assert {node.group_name for node in nodes} == {
        *("raw", "seeds", "staging", "identity", "customer_360", "segments", "consent", "activation", "reverse_etl"),
        "days",
    }
    assert [node.key for node in nodes if not node.owners] == []
    models = [node for node in nodes if node.group_name not in {"seeds", "raw"}]
    assert [node.key for node in models if not node.description] == []


def test_it_is_one_graph_from_raw_to_receipts(graph: Definitions) -> None:
    upstream = graph.resolve_asset_graph().get_ancestor_asset_keys(RECEIPTS)
    assert {AssetKey(["raw", "shop_orders"]), CUSTOMERS, DESIRED, GATE} <= upstream


def test_every_sync_waits_for_its_model_and_the_gate_and_has_a_job(graph: Definitions, manifest: Manifest) -> None:
    jobs = {job.name for job in graph.resolve_all_job_defs()}
    names = [str(node["name"]) for node in sync_models(manifest)]
    assert names
    for name in names:
        parents = graph.resolve_asset_graph().get(sync_key(name)).parent_keys
        assert {GATE, AssetKey(["activation", name])} <= parents
        assert name in jobs
    assert PIPELINE in jobs


def test_every_data_test_is_a_check_that_blocks_if_it_is_an_error(graph: Definitions, manifest: Manifest) -> None:
    checks = {key.name: graph.resolve_asset_graph().get(key) for key in graph.resolve_asset_graph().asset_check_keys}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test":
            assert checks[node["name"]].blocking == (node["config"]["severity"].lower() == "error"), node["name"]
    for key, name in ((CUSTOMERS, "expectations_customers"), (DESIRED, "expectations_outgoing")):
        assert graph.resolve_asset_graph().get(AssetCheckKey(key, name)).blocking


def test_the_schedule_leaves_a_day_out_while_the_day_before_still_runs(
    whole_run: tuple[Settings, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    schedule = daily(whole_run[0])
    with DagsterInstance.local_temp(str(tmp_path)) as instance:
        context = build_schedule_context(instance, datetime(2026, 3, 1, 4, tzinfo=UTC))
        assert isinstance(schedule(context), RunRequest)
        create_run_for_test(instance, job_name="another", status=DagsterRunStatus.STARTED)
        assert isinstance(schedule(context), RunRequest)
        create_run_for_test(instance, job_name=PIPELINE, status=DagsterRunStatus.STARTED)
        assert isinstance(schedule(context), SkipReason)


def test_the_ui_comes_up_and_goes_down(built_warehouse: Settings) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("kindred")), "ui", "--port", str(port)]
    environment = {"PATH": "/usr/bin:/bin", **built_warehouse.environment()}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert any(re.match(rf"Dagster is at http://127.0.0.1:{port}", line) for line in process.stdout)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/server_info") as answer:
            assert b"dagster_webserver_version" in answer.read()
        process.send_signal(signal.SIGTERM)
        stopped = time.monotonic()
        assert process.wait(30) == 0
        assert time.monotonic() - stopped < 15
