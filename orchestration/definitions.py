"""The one graph, from the raw tables to the receipts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagster import Definitions, in_process_executor

from orchestration.assets.checks import gate_asset, suite_checks
from orchestration.assets.days import day_asset
from orchestration.assets.likeness import likeness_asset
from orchestration.assets.models import model_assets
from orchestration.assets.predictions import predictions_asset
from orchestration.assets.raw import raw_assets
from orchestration.assets.syncs import receipts_asset, sync_assets
from orchestration.dbt import Dbt
from orchestration.registry import write_registry
from orchestration.schedules import daily, jobs
from warehouse import Settings

if TYPE_CHECKING:
    from orchestration.assets.models import Listener
    from orchestration.dbt import Manifest
    from orchestration.dbt_events import NodeDone


def build_definitions(settings: Settings, manifest: Manifest, listen: Listener) -> Definitions:
    """The graph of one installation.

    Args:
        settings: where project and warehouse are.
        manifest: the parsed project.
        listen: told of each dbt node that is done.
    """
    return Definitions(
        assets=[
            raw_assets(settings, manifest),
            *model_assets(settings, manifest, listen),
            likeness_asset(settings),
            day_asset(settings),
            predictions_asset(settings),
            gate_asset(settings),
            *sync_assets(settings, manifest),
            receipts_asset(settings, manifest),
        ],
        asset_checks=suite_checks(settings),
        jobs=jobs(manifest),
        schedules=[daily(settings)],
        # One process writes the database: steps take turns, and share what was imported.
        executor=in_process_executor,
    )


def _nobody(_node: NodeDone) -> None:
    """Dagster's own processes show what happens in the UI."""


def load_definitions() -> Definitions:
    """The graph as the environment describes it; the project is parsed anew only if it changed."""
    settings = Settings.from_env()
    write_registry(settings)
    return build_definitions(settings, Dbt(settings).manifest(), _nobody)
