"""What came of a run, and how it is judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from reverse_etl._receipts import ROW_GROUP, RunRow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reverse_etl._plan import SyncPlan
    from reverse_etl._saved import Fingerprint

Status = Literal["planned", "succeeded", "incomplete", "failed", "blocked"]


@dataclass(frozen=True)
class SyncOptions:
    """How to run a sync.

    Attributes:
        dry_run: only plan; nothing is sent or written.
        limit: send at most so many records; the rest waits for the next run.
        accept: guards about how much would change that somebody has looked at and lets pass this once.
        saved: what a saved plan was made from; nothing is sent if that is not how things are.
        rows_at_once: how many answers are put into receipts together while the run sends; the rest is at its end.
        now: the clock of the run.
        expect: called once with the number of records that will be sent.
        advance: called with the number of records whenever some have been answered.
    """

    dry_run: bool = False
    limit: int | None = None
    accept: frozenset[str] = frozenset()
    saved: Fingerprint | None = None
    rows_at_once: int = ROW_GROUP
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC), repr=False)
    expect: Callable[[int], None] = field(default=lambda _records: None, repr=False)
    advance: Callable[[int], None] = field(default=lambda _records: None, repr=False)


@dataclass(frozen=True)
class SyncResult:
    """What came of a run.

    Attributes:
        status: planned (a dry run), succeeded, incomplete (some records were not taken), failed (none were, or the
            destination cannot be used), blocked (a guard tripped).
        plan: what was to be done.
        counts: records by verdict, each verdict named.
        message: why it did not succeed; None when it did.
    """

    run_id: str
    sync: str
    destination: str
    status: Status
    plan: SyncPlan
    counts: Mapping[str, int]
    message: str | None
    started_at: datetime
    finished_at: datetime

    @property
    def ok(self) -> bool:
        """Whether the destination now holds what the audience says, or a dry run found nothing in the way."""
        return self.status in {"succeeded", "planned"}


def judge(
    planned: SyncPlan, counts: Mapping[str, int], options: SyncOptions, stopped: str | None, *, resend: bool
) -> tuple[Status, str | None]:
    tripped = tripped_text(planned, options)
    if tripped:
        return "blocked", tripped
    taken = counts["accepted"] + counts["pending"]
    left = sum(counts.values()) - taken
    if stopped or (left and not taken):
        return "failed", stopped or f"none of {left} records was taken"
    if left:
        return "incomplete", f"{left} of {left + taken} records were not taken"
    if planned.unresolved and not resend:
        return "incomplete", (
            f"{planned.unresolved} additions had no answer and must not be sent twice:"
            " look whether they are there and say so with `kindred retry --unknown`"
        )
    return "succeeded", None


def tripped_text(planned: SyncPlan, options: SyncOptions) -> str | None:
    if planned.scope(options.accept) == "everything":
        return None
    return "; ".join(f"{guard.guard}: {guard.detail}" for guard in planned.tripped)


def run_row(result: SyncResult) -> RunRow:
    """The line that the run leaves in `activation.sync_runs`."""
    planned, counts = result.plan, result.counts
    return RunRow(
        run_id=result.run_id,
        sync=result.sync,
        destination=result.destination,
        status=result.status,
        desired=planned.desired,
        adds=planned.adds,
        updates=planned.updates,
        removals=planned.removals,
        message=result.message,
        build_id=planned.build_id,
        started_at=result.started_at,
        finished_at=result.finished_at,
        accepted=counts["accepted"],
        pending=counts["pending"],
        rejected=counts["rejected"],
        retryable=counts["retryable"],
        rate_limited=counts["rate_limited"],
        unknown=counts["unknown"],
    )
