"""Plans, results and statuses for a person's eyes, and as JSON for scripts."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from rich.console import Group, RenderableType
from rich.text import Text

from warehouse.page import BREAK, Sheet, below, breakable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from _typeshed import DataclassInstance

    from reverse_etl._plan import SyncPlan
    from reverse_etl._result import SyncResult
    from reverse_etl._status import SyncStatus

_WORDS: Final = frozenset(
    {"sync", "status", "health", "last run", "began", "may run", "key", "customer", "reason", "since", "said"}
)
_COLOURS: Final = {
    "planned": "cyan",
    "succeeded": "green",
    "healthy": "green",
    "incomplete": "yellow",
    "behind": "yellow",
    "rejections": "yellow",
    "never run": "yellow",
}


def render_plan(plans: Sequence[SyncPlan]) -> RenderableType:
    """What each sync would do, whom it leaves out and why, and what stands in its way."""
    table = table_of("sync", "members", "audience", "holds", "add", "update", "remove", "may run")
    for plan in plans:
        may = {"everything": "yes", "withdrawals": "withdrawals", "nothing": "no"}[plan.scope()]
        numbers = (plan.members, plan.desired, plan.delivered, plan.adds, plan.updates, plan.removals)
        table.add_row(breakable(plan.sync), *(f"{n:,}" for n in numbers), may)
    return Group(table, *(below(Text(plan.sync), *remarks) for plan in plans if (remarks := _remarks(plan))))


def render_results(results: Sequence[SyncResult]) -> RenderableType:
    """What came of each run."""
    table = table_of("sync", "status", "accepted", "rejected", "waits for a later run")
    for result in results:
        counts = result.counts
        waits = sum(counts[name] for name in ("pending", "retryable", "rate_limited", "unknown"))
        numbers = (f"{n:,}" for n in (counts["accepted"], counts["rejected"], waits))
        table.add_row(breakable(result.sync), _coloured(result.status), *numbers)
    return Group(table, *(below(Text(one.sync), Text(one.message, "yellow")) for one in results if one.message))


def render_status(statuses: Sequence[SyncStatus]) -> RenderableType:
    """How each sync stands."""
    table = table_of("sync", "audience", "holds", "waits", "rejected", "health", "last run")
    for one in statuses:
        numbers = (f"{n:,}" for n in (one.audience, one.delivered, one.waiting, one.rejected))
        last = f"{one.runs[0].finished_at:%d %b %H:%M} {BREAK}{one.runs[0].status}" if one.runs else "never"
        table.add_row(breakable(one.sync), *numbers, _coloured(one.health), last)
    reasons = ((one.sync, one.runs[0].message) for one in statuses if one.runs and one.runs[0].message)
    return Group(table, *(below(Text(sync), Text(message, "yellow")) for sync, message in reasons))


def render_runs(statuses: Sequence[SyncStatus]) -> RenderableType:
    """The last runs of each sync, the latest first: what each set out to send, and what came of it."""
    table = table_of("sync", "began", "took", "status", "add", "update", "remove", "accepted", "rejected")
    runs = [(one.sync, run) for one in statuses for run in one.runs]
    for sync, run in runs:
        took = f"{(run.finished_at - run.started_at).total_seconds():,.0f} s"
        numbers = (run.adds, run.updates, run.removals, run.accepted, run.rejected)
        began = f"{run.started_at:%d %b} {BREAK}{run.started_at:%H:%M}"
        table.add_row(breakable(sync), began, took, _coloured(run.status), *(f"{n:,}" for n in numbers))
    said = ((sync, f"{run.started_at:%d %b %H:%M}: {run.message}") for sync, run in runs if run.message)
    return Group(table, *(below(Text(sync), Text(message, "yellow")) for sync, message in said))


def to_json(values: Sequence[DataclassInstance]) -> str:
    """The same as JSON; times are ISO 8601."""
    return json.dumps([asdict(value) for value in values], indent=2, default=_plain)


def _remarks(plan: SyncPlan) -> list[Text]:
    withheld = [Text(plan.funnel)] if plan.withheld else []
    wish = [Text(f"{plan.withdrawals:,} leave on their own wish")] if plan.withdrawals else []
    lost = [Text(f"{plan.unresolved:,} additions had no answer last time")] if plan.unresolved else []
    wait = [Text(f"{plan.incomplete:,} wait for a field that is null")] if plan.incomplete else []
    tripped = [Text(f"guard {one.guard}: {one.detail}", "red") for one in plan.tripped]
    return [*withheld, *wish, *wait, *lost, *tripped]


def table_of(*columns: str) -> Sheet:
    """A table with these columns; numbers stand to the right."""
    return Sheet(columns, text=_WORDS)


def _coloured(word: str) -> Text:
    return Text(word, _COLOURS.get(word, "red"))


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
