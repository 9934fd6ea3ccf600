"""One run of one sync, from its lock to its line in `activation.sync_runs`."""

from __future__ import annotations

import os
import secrets
from itertools import count
from typing import TYPE_CHECKING

from reverse_etl._config import load_destinations, usable
from reverse_etl._delivery import Delivery
from reverse_etl._errors import StopDelivery
from reverse_etl._journal import Journal
from reverse_etl._lock import sync_lock
from reverse_etl._outgoing import describe_desired
from reverse_etl._plan import plan_sync
from reverse_etl._receipts import append_run, receipt_clock, verdicts_of_run
from reverse_etl._records import VERDICTS, Run
from reverse_etl._result import SyncOptions, SyncResult, judge, run_row, tripped_text
from reverse_etl._tables import Tables, load_syncs
from warehouse import connect

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from reverse_etl._plan import SyncPlan
    from reverse_etl._tables import Sync
    from reverse_etl.destinations._contract import Configured
    from warehouse import Settings


def sync_names(settings: Settings) -> tuple[str, ...]:
    """Every sync of the warehouse.

    Args:
        settings: where the warehouse is.

    Raises:
        KindredError: there is no warehouse or it has no syncs table.
    """
    with connect(settings, read_only=True) as connection:
        return tuple(sync.sync for sync in load_syncs(Tables.on(connection)))


def check_configuration(
    settings: Settings, syncs: tuple[str, ...] = (), environment: Mapping[str, str] | None = None
) -> None:
    """Find every configuration error of the named syncs, or of all, before the first request.

    Args:
        settings: where the warehouse and destinations.toml are.
        syncs: names of syncs; none means all.
        environment: where secrets are read from, by default the process's.

    Raises:
        KindredError: what is wrong, one line for each mistake.
    """
    configured = load_destinations(settings.destinations)
    with connect(settings, read_only=True) as connection:
        found = load_syncs(Tables.on(connection), tuple(syncs))
    usable(settings, configured, found, _environment(environment))


def run_sync(
    settings: Settings,
    sync: str,
    options: SyncOptions | None = None,
    environment: Mapping[str, str] | None = None,
) -> SyncResult:
    """Deliver one sync.

    Args:
        settings: where the warehouse and destinations.toml are.
        sync: its name.
        options: how; by default everything, in earnest.
        environment: where secrets are read from, by default the process's.

    Raises:
        SyncLocked: another run delivers it.
        KindredError: something is wrong with the configuration or the warehouse; nothing was sent.
    """
    options = options or SyncOptions()
    if options.dry_run:
        with connect(settings, read_only=True) as connection:
            return _dry_run(Tables.on(connection), sync, options)
    configured = load_destinations(settings.destinations)
    with sync_lock(settings, sync), connect(settings) as connection:
        tables = Tables.on(connection)
        one = load_syncs(tables, (sync,))[0]
        destinations = usable(settings, configured, [one], _environment(environment))
        return _run(settings, tables, one, destinations[one.destination], options)


def _environment(environment: Mapping[str, str] | None) -> Mapping[str, str]:
    return os.environ if environment is None else environment


def _dry_run(tables: Tables, name: str, options: SyncOptions) -> SyncResult:
    started = options.now()
    sync = load_syncs(tables, (name,))[0]
    planned = plan_sync(tables, sync, describe_desired(tables, sync), started)
    message = tripped_text(planned, options)
    return SyncResult(
        run_id=_run_id(started),
        sync=planned.sync,
        destination=planned.destination,
        status="blocked" if message else "planned",
        plan=planned,
        counts=dict.fromkeys(VERDICTS, 0),
        message=message,
        started_at=started,
        finished_at=started,
    )


def _run(settings: Settings, tables: Tables, sync: Sync, configured: Configured, options: SyncOptions) -> SyncResult:
    started = options.now()
    clock = receipt_clock(tables, sync.sync, options.now)
    desired = describe_desired(tables, sync)
    run = Run(_run_id(clock()), sync.sync, sync.destination, desired.build_id, desired.columns)
    destination = configured.kind.open(configured, run, settings.home)
    ids = (f"{run.run_id}-{number:09d}" for number in count())
    delivery = Delivery(tables, sync, run, destination, Journal.of(settings, sync.sync), clock, ids)
    delivery.recover()
    planned = plan_sync(tables, sync, desired, started)
    stopped = _send(delivery, planned, options)
    result = _result(delivery, planned, stopped, options, started)
    append_run(tables, run_row(result))
    return result


def _send(delivery: Delivery, planned: SyncPlan, options: SyncOptions) -> str | None:
    scope = planned.scope(options.accept)
    nothing = planned.withdrawals == 0 if scope == "withdrawals" else planned.changes == 0
    if scope == "nothing" or nothing:
        return None
    try:
        return delivery.send(scope, options.limit)
    except StopDelivery as error:
        return str(error)


def _result(
    delivery: Delivery, planned: SyncPlan, stopped: str | None, options: SyncOptions, started: datetime
) -> SyncResult:
    run, facts = delivery.run, delivery.destination.facts
    found = verdicts_of_run(delivery.tables, run.run_id) if planned.changes else {}
    counts: dict[str, int] = {verdict: found.get(verdict, 0) for verdict in VERDICTS}
    status, message = judge(planned, counts, options, stopped, resend=facts.idempotent)
    return SyncResult(
        run_id=run.run_id,
        sync=run.sync,
        destination=run.destination,
        status=status,
        plan=planned,
        counts=counts,
        message=message,
        started_at=started,
        finished_at=options.now(),
    )


def _run_id(started: datetime) -> str:
    return f"{started:%Y%m%dT%H%M%S%f}Z-{secrets.token_hex(4)}"
