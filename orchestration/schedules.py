"""The jobs, and when they run by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagster import (
    AssetSelection,
    DagsterRunStatus,
    RunRequest,
    RunsFilter,
    ScheduleDefinition,
    ScheduleEvaluationContext,
    SkipReason,
    define_asset_job,
    schedule,
)

from orchestration.as_of import chosen_as_of
from orchestration.assets.days import PAST_DAY
from orchestration.assets.likeness import SCORES
from orchestration.assets.models import AS_OF_TAG
from orchestration.assets.syncs import RECEIPTS, sync_key, sync_models

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

    from orchestration.dbt import Manifest
    from warehouse import Settings

PIPELINE = "pipeline"
MATCH = "match"
DAY = "past_day"
_GOING_ON = [DagsterRunStatus.QUEUED, DagsterRunStatus.NOT_STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.STARTED]
_DAILY = "0 4 * * *"


def jobs(manifest: Manifest) -> list[UnresolvedAssetJobDefinition]:
    """The pipeline; likeness and past days, which it goes without; and one job a sync that delivers what is left."""
    pipeline = define_asset_job(
        PIPELINE,
        AssetSelection.all() - AssetSelection.assets(SCORES, PAST_DAY) | AssetSelection.all_asset_checks(),
        description="From the raw tables to the receipts.",
    )
    match = define_asset_job(
        MATCH,
        AssetSelection.assets(SCORES),
        description="Compares the people of the last build by likeness; the next build links by it.",
    )
    day = define_asset_job(
        DAY,
        AssetSelection.assets(PAST_DAY),
        description="Builds a past day again, as it was, into a file of its own.",
    )
    syncs = [
        define_asset_job(
            str(node["name"]),
            AssetSelection.assets(sync_key(str(node["name"])), RECEIPTS),
            description="Delivers what is pending of the build that stands, if the gates have let that build pass.",
        )
        for node in sync_models(manifest)
    ]
    return [pipeline, match, day, *syncs]


def daily(settings: Settings) -> ScheduleDefinition:
    """Every day at four; a day is left out while the run before it still goes on."""

    @schedule(job_name=PIPELINE, cron_schedule=_DAILY, execution_timezone="UTC", name="daily")
    def run_daily(context: ScheduleEvaluationContext) -> RunRequest | SkipReason:
        going_on = context.instance.get_run_records(RunsFilter(job_name=PIPELINE, statuses=_GOING_ON), limit=1)
        if going_on:
            return SkipReason(f"The run {going_on[0].dagster_run.run_id} of the pipeline still goes on.")
        as_of = chosen_as_of(settings, context.scheduled_execution_time)
        return RunRequest(tags={AS_OF_TAG: as_of} if as_of else {})

    return run_daily
