"""Limits that stop a sync before it does damage. A guard that cannot be evaluated trips.

Two sorts. The first four say that what stands in the warehouse must not be sent at all; nothing goes out then. The
others look at how much would change; when only they trip, people who withdrew their consent or asked to be erased are
still removed, and nobody else is touched.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import ibis

from reverse_etl._outgoing import repeated_keys
from reverse_etl._receipts import last_runs

if TYPE_CHECKING:
    from collections.abc import Callable

    from reverse_etl._outgoing import Desired, Outgoing
    from reverse_etl._tables import Sync, Tables

GATES = ("dbt_tests", "customers", "outgoing")


@dataclass(frozen=True)
class GuardResult:
    """One guard's answer; `volume` says that it is one about how much would change."""

    guard: str
    passed: bool
    detail: str
    volume: bool = False


@dataclass(frozen=True)
class Situation:
    """What the guards judge: counts of records, and the time of the run.

    Attributes:
        audience: what the destination should hold.
        delivered: how many receipts say that it holds.
        outgoing: how many would be sent.
        now: the clock of the run.
    """

    tables: Tables
    sync: Sync
    audience: Desired
    delivered: int
    outgoing: Outgoing
    now: datetime

    @property
    def desired(self) -> int:
        """How many the destination should hold."""
        return self.audience.records

    @cached_property
    def gates(self) -> dict[str, dict[str, Any]]:
        """The last line of each quality gate."""
        gates = self.tables.table("quality_gates")
        order = ibis.window(group_by="gate", order_by=[ibis.desc("checked_at"), "passed"])
        ranked = gates.filter(gates.gate.isin(GATES)).mutate(rank=ibis.row_number().over(order))
        return {row["gate"]: row for row in self.tables.rows(ranked.filter(ranked["rank"] == 0))}

    @property
    def leavers(self) -> int:
        """Removals that nobody asked for in person."""
        return self.outgoing.removals - self.outgoing.withdrawals


class _TrippedError(Exception):
    """What is wrong, in one sentence."""


def evaluate(situation: Situation) -> tuple[GuardResult, ...]:
    """Every guard's answer, in a fixed order."""
    return tuple(_evaluate(name, guard, situation) for name, guard in _GUARDS.items())


def _evaluate(name: str, guard: Callable[[Situation], str], situation: Situation) -> GuardResult:
    try:
        return GuardResult(name, passed=True, detail=guard(situation), volume=name in VOLUME)
    except _TrippedError as tripped:
        return GuardResult(name, passed=False, detail=str(tripped), volume=name in VOLUME)
    except Exception as error:  # noqa: BLE001 - whatever stops a guard from being evaluated trips it
        detail = f"cannot be evaluated ({type(error).__name__})"
        return GuardResult(name, passed=False, detail=detail, volume=name in VOLUME)


def _record_keys(now: Situation) -> str:
    blank, repeated = now.audience.without_key, repeated_keys(now.tables, now.sync)
    if blank or repeated:
        raise _TrippedError(f"{blank} records without a key, {repeated} with a key used before")
    return "every record has a key of its own"


def _quality_gates(now: Situation) -> str:
    latest = now.gates
    builds = {gate["build_id"] for gate in latest.values()}
    build = now.audience.build_id or (builds.pop() if len(builds) == 1 else None)
    missing = [name for name in GATES if name not in latest]
    failed = [name for name in GATES if name in latest and not latest[name]["passed"]]
    other = [name for name in GATES if name in latest and latest[name]["build_id"] != build]
    if missing:
        raise _TrippedError(f"not checked yet: {', '.join(missing)}")
    if failed:
        raise _TrippedError(f"did not pass: {', '.join(failed)}")
    if other:
        raise _TrippedError(f"checked another build than the one to send: {', '.join(other)}")
    return f"passed for this build: {', '.join(GATES)}"


def _build_age(now: Situation) -> str:
    limit = _limit(now.sync.max_age_hours, "max_age_hours")
    checked = min(gate["checked_at"].replace(tzinfo=UTC) for gate in now.gates.values())
    hours = (now.now - checked).total_seconds() / 3600
    if hours > limit:
        raise _TrippedError(f"the build was checked {hours:.0f} hours ago, the limit is {limit:g}")
    return f"the build was checked {max(hours, 0):.1f} hours ago"


def _permissions(now: Situation) -> str:
    out = now.outgoing
    if out.without_permission or out.not_granted or out.suppressed:
        raise _TrippedError(
            f"of those to be sent {out.without_permission} carry no permission, {out.not_granted} have none that is "
            f"granted, {out.suppressed} are suppressed"
        )
    return "each record to be sent has a permission that is granted"


def _empty_audience(now: Situation) -> str:
    if now.desired == 0 and now.leavers > 0:
        raise _TrippedError(f"the audience is empty while {now.delivered} are delivered")
    return f"{now.desired} in the audience"


def _removal_share(now: Situation) -> str:
    limit = _limit(now.sync.max_removal_share, "max_removal_share")
    # Whoever was perhaps taken and never confirmed is among the removals and not among the delivered.
    share = now.leavers / max(now.delivered, now.outgoing.removals, 1)
    if share > limit:
        raise _TrippedError(f"{share:.0%} of those delivered would leave, the limit is {limit:.0%}")
    return f"{share:.1%} of those delivered would leave"


def _removal_count(now: Situation) -> str:
    limit = _limit(now.sync.max_removals, "max_removals")
    if now.leavers > limit:
        raise _TrippedError(f"{now.leavers} would leave, the limit is {limit:g}")
    return f"{now.leavers} would leave, {now.outgoing.withdrawals} more on their own wish"


def _size_change(now: Situation) -> str:
    limit = _limit(now.sync.max_size_change, "max_size_change")
    recent = [run["desired"] for run in last_runs(now.tables, now.sync.sync, 1, _COMPLETED)]
    if not any(recent):
        return "no earlier audience to be compared with"
    change = abs(now.desired + now.outgoing.withdrawals - recent[0]) / recent[0]
    if change > limit:
        raise _TrippedError(f"{now.desired} in the audience, {recent[0]} at the last run: more than {limit:.0%} apart")
    return f"{now.desired} in the audience, {recent[0]} at the last run"


def _limit(value: float | None, name: str) -> float:
    if value is None:
        raise _TrippedError(f"the sync sets no {name}")
    return value


_COMPLETED = ("succeeded", "incomplete")
_GUARDS: dict[str, Callable[[Situation], str]] = {
    "record_keys": _record_keys,
    "quality_gates": _quality_gates,
    "build_age": _build_age,
    "permissions": _permissions,
    "empty_audience": _empty_audience,
    "removal_share": _removal_share,
    "removal_count": _removal_count,
    "size_change": _size_change,
}
VOLUME = frozenset({"empty_audience", "removal_share", "removal_count", "size_change"})
