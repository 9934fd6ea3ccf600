"""The suites of Great Expectations as blocking checks, and the gate that reads what they and dbt have said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagster import (
    AssetCheckResult,
    AssetChecksDefinition,
    AssetCheckSeverity,
    AssetKey,
    AssetsDefinition,
    Failure,
    MaterializeResult,
    MetadataValue,
    TableColumn,
    TableRecord,
    TableSchema,
    asset,
    asset_check,
)

from expectations import GATES, check_suite, current_build, latest_gates, page_of
from orchestration.assets._failing import clear_failures
from orchestration.translator import OWNER

if TYPE_CHECKING:
    from expectations import ExpectationResult, SuiteResult
    from warehouse import Settings

CUSTOMERS = AssetKey(["customer_360", "customers"])
DESIRED = AssetKey(["activation", "desired_records"])
GATE = AssetKey(["reverse_etl", "gate"])
_COLUMNS = ("expected that", "severity", "result", "found")


def suite_checks(settings: Settings) -> list[AssetChecksDefinition]:
    """One check a suite."""
    return [_check(settings, "customers", CUSTOMERS), _check(settings, "outgoing", DESIRED)]


def _check(settings: Settings, suite: str, key: AssetKey) -> AssetChecksDefinition:
    # The suites look at what dbt built in the end, so both wait for the last model.
    @asset_check(
        asset=key,
        name=f"expectations_{suite}",
        description=f"Great Expectations: the suite `{suite}`.",
        blocking=True,
        additional_deps=[] if key == DESIRED else [DESIRED],
    )
    def check() -> AssetCheckResult:
        with clear_failures():
            return _answer(settings, check_suite(settings, suite))

    return check


def _answer(settings: Settings, result: SuiteResult) -> AssetCheckResult:
    severe = not result.passed
    return AssetCheckResult(
        passed=result.passed and not result.warnings,
        severity=AssetCheckSeverity.ERROR if severe else AssetCheckSeverity.WARN,
        description=result.summary,
        metadata={
            "expectations": _table(result),
            "page": MetadataValue.path(page_of(settings, result.suite)),
            "build": result.build,
        },
    )


def _table(result: SuiteResult) -> MetadataValue:
    rows = [
        TableRecord(
            dict(
                zip(
                    _COLUMNS,
                    (one.sentence, one.severity, "held" if one.passed else "failed", _found(one)),
                    strict=True,
                )
            )
        )
        for one in result.results
    ]
    return MetadataValue.table(rows, TableSchema([TableColumn(name, "string") for name in _COLUMNS]))


def _found(result: ExpectationResult) -> str:
    """What was found, with the first that do not hold."""
    return "; ".join((result.error or result.observed, *result.examples))


def gate_asset(settings: Settings) -> AssetsDefinition:
    """The one door before the syncs."""

    @asset(
        key=GATE,
        deps=[CUSTOMERS, DESIRED, AssetKey(["activation", "quality_gates"])],
        group_name="reverse_etl",
        owners=[OWNER],
        kinds={"greatexpectations"},
        description="Whether the build may be sent: the last answer of each gate, for the build that is to be sent.",
    )
    def gate() -> MaterializeResult[None]:
        with clear_failures():
            build, answers = current_build(settings), latest_gates(settings)
        closed = [one for one in answers if not one.passed or (build and one.build != build)]
        missing = set(GATES) - {one.gate for one in answers}
        if closed or missing:
            why = (
                f"{closed[0].gate}: {closed[0].detail}" if closed else f"{', '.join(sorted(missing))} was never checked"
            )
            raise Failure(f"Nothing may be sent ({why}).", allow_retries=False)
        return MaterializeResult(metadata={"build": build or "none", **{one.gate: one.detail for one in answers}})

    return gate
