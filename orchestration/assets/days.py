"""Any past day, as a partition: built again as it was, into a file of its own."""

from datetime import UTC, datetime
from typing import Any

from dagster import (
    AssetExecutionContext,
    AssetKey,
    AssetMaterialization,
    AssetsDefinition,
    DailyPartitionsDefinition,
    MaterializeResult,
    MetadataValue,
    asset,
)

from orchestration.assets._failing import clear_failures
from orchestration.assets.checks import CUSTOMERS
from orchestration.dagster_home import instance
from orchestration.days import Day, parse_day
from orchestration.past_day import BuiltDay, build_day
from orchestration.progress import Reporter
from orchestration.registry import read_yaml
from orchestration.translator import OWNER
from warehouse import Settings

PAST_DAY = AssetKey(["days", "past_day"])
_LONG_AGO = "2020-01-01"


def day_asset(settings: Settings) -> AssetsDefinition:
    """One partition a day, from the project's variable `first_day` until yesterday."""

    @asset(
        key=PAST_DAY,
        deps=[CUSTOMERS],
        partitions_def=DailyPartitionsDefinition(start_date=_first_day(settings)),
        group_name="days",
        owners=[OWNER],
        kinds={"duckdb"},
        description="A past day as it was at its end, in a file of its own below `days/`. Nothing is sent.",
    )
    def past_day(context: AssetExecutionContext) -> MaterializeResult[None]:
        with clear_failures():
            built = build_day(settings, parse_day(context.partition_key, datetime.now(UTC)), Reporter())
        return MaterializeResult(metadata=_metadata(built))

    return past_day


def show_in_ui(settings: Settings, day: Day, built: BuiltDay) -> None:
    """Tell Dagster of a day that the command line has built."""
    with instance(settings) as kept:
        kept.report_runless_asset_event(AssetMaterialization(PAST_DAY, metadata=_metadata(built), partition=day.name))


def _metadata(built: BuiltDay) -> dict[str, Any]:
    members = {f"segment {name}": size for name, size in built.segments.items()}
    return {"file": MetadataValue.path(built.file), "as_of": built.as_of, "customers": built.customers, **members}


def _first_day(settings: Settings) -> str:
    variables = read_yaml(settings.project / "dbt_project.yml").get("vars") or {}
    return str(variables.get("first_day", _LONG_AGO))
