"""Run a job in this process: its runs show in the UI like any other."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.dagster_home import instance
from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagster import DagsterEvent, Definitions, ExecuteInProcessResult

    from warehouse import Settings

_BUILDING = ("raw_tables", "dbt_", "predictions")
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class RunOutcome:
    """How a run ended.

    Attributes:
        run_id: its name in the UI.
        failures: one sentence for each step that failed, in the order of their failing.
        warnings: one sentence for each check that did not hold without blocking.
        stopped_early: whether the models were not all built.
    """

    run_id: str
    failures: tuple[str, ...]
    warnings: tuple[str, ...]
    stopped_early: bool


def run_job(settings: Settings, definitions: Definitions, job: str, tags: dict[str, str] | None = None) -> RunOutcome:
    """Run a job to its end.

    Raises:
        KindredError: there is no such job.
    """
    known = [one.name for one in definitions.resolve_all_job_defs()]
    if job not in known:
        raise KindredError(f"There is no job {job}; there are: {', '.join(sorted(known))}.")
    with instance(settings) as kept:
        logging.getLogger("dagster").propagate = False  # the UI shows its log; the terminal shows what we say
        result = definitions.resolve_job_def(job).execute_in_process(
            run_config=_QUIET, instance=kept, raise_on_error=False, tags=tags
        )
    failed = {event.step_key for event in result.all_events if event.is_step_failure}
    return RunOutcome(
        run_id=result.run_id,
        failures=tuple(_failures(result)),
        warnings=tuple(_warnings(result)),
        stopped_early=any(step and step.startswith(_BUILDING) for step in failed),
    )


def _failures(result: ExecuteInProcessResult) -> Iterator[str]:
    blocked = [one for one in result.get_asset_check_evaluations() if not one.passed and one.severity.value == "ERROR"]
    for event in result.all_events:
        if event.is_step_failure:
            yield _sentence(event, blocked)
    if not result.success and not any(event.is_step_failure for event in result.all_events):
        yield f"The run {result.run_id} failed: see `kindred ui`."


def _sentence(event: DagsterEvent, blocked: list[Any]) -> str:
    data = event.step_failure_data
    if data.user_failure_data and data.user_failure_data.description:
        return str(data.user_failure_data.description)
    own = [one for one in blocked if one.description and event.step_key and one.check_name in event.step_key]
    if own:
        return f"The check {own[0].check_name} on {own[0].asset_key.path[-1]} failed: {own[0].description}."
    return f"The step {event.step_key} failed: {data.error.to_string() if data.error else 'no reason given'}"


def _warnings(result: ExecuteInProcessResult) -> Iterator[str]:
    for one in result.get_asset_check_evaluations():
        if not one.passed and one.severity.value == "WARN":
            yield f"{one.asset_key.path[-1]}: {one.description or one.check_name}"
