"""Reverse ETL: plan, guard, deliver and record what each destination should hold.

It reads the tables of `activation` and `consent`, sends what is pending, and appends receipts. `README.md` in this
folder tells how a run works and how to add a destination.
"""

from reverse_etl._by_hand import Stuck
from reverse_etl._config import load_destinations, with_secrets
from reverse_etl._errors import StopDelivery, SyncLocked
from reverse_etl._guards import GuardResult
from reverse_etl._plan import SyncPlan, plan, plan_on
from reverse_etl._reconcile import Reconciliation, reconcile
from reverse_etl._rejections import Retried, rejected, retry
from reverse_etl._render import render_plan, render_results, render_runs, render_status, to_json
from reverse_etl._result import SyncOptions, SyncResult
from reverse_etl._run import check_configuration, run_sync, sync_names
from reverse_etl._settle import recover
from reverse_etl._status import SyncStatus, status
from reverse_etl._unknowns import Settled, settle_unknown, unknown

__all__ = [
    "GuardResult",
    "Reconciliation",
    "Retried",
    "Settled",
    "StopDelivery",
    "Stuck",
    "SyncLocked",
    "SyncOptions",
    "SyncPlan",
    "SyncResult",
    "SyncStatus",
    "check_configuration",
    "load_destinations",
    "plan",
    "plan_on",
    "reconcile",
    "recover",
    "rejected",
    "render_plan",
    "render_results",
    "render_runs",
    "render_status",
    "retry",
    "run_sync",
    "settle_unknown",
    "status",
    "sync_names",
    "to_json",
    "unknown",
    "with_secrets",
]
