"""One run of one sync, from its lock to its line in `activation.sync_runs`."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reverse_etl._config import check_destinations, load_destinations, usable
from reverse_etl._delivery import Delivery, Progress
from reverse_etl._early import Outbox, writing
from reverse_etl._lock import sync_lock
from reverse_etl._outgoing import Selection, describe_desired
from reverse_etl._plan import plan_sync
from reverse_etl._receipts import append_run, open_jobs, receipt_clock, record
from reverse_etl._recording import Amount, sending
from reverse_etl._records import ADDITIONS, REMOVALS, VERDICTS, Run, new_run_id
from reverse_etl._result import SyncOptions, SyncResult, judge, run_row, tripped_text
from reverse_etl._saved import fingerprint, moved_error
from reverse_etl._settle import record_left, settle
from reverse_etl._tables import Tables, load_syncs, syncs_of
from reverse_etl._undisturbed import memory_given_back, only_new_garbage
from warehouse import connect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from reverse_etl._journal import Folder
    from reverse_etl._outgoing import Desired
    from reverse_etl._plan import Scope, SyncPlan
    from reverse_etl._records import Operation
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
    return tuple(sync.sync for sync in syncs_of(settings))


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
    check_destinations(settings, syncs_of(settings, syncs), _environment(environment))


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
    with sync_lock(settings, sync), only_new_garbage(), memory_given_back():
        return _deliver(_Order(settings, sync, configured, options, _environment(environment)))


def _environment(environment: Mapping[str, str] | None) -> Mapping[str, str]:
    return os.environ if environment is None else environment


def _dry_run(tables: Tables, name: str, options: SyncOptions) -> SyncResult:
    started = options.now()
    sync = load_syncs(tables, (name,))[0]
    planned = plan_sync(tables, sync, describe_desired(tables, sync), started)
    message = tripped_text(planned, options)
    return SyncResult(
        run_id=new_run_id(started),
        sync=planned.sync,
        destination=planned.destination,
        status="blocked" if message else "planned",
        plan=planned,
        counts=dict.fromkeys(VERDICTS, 0),
        message=message,
        started_at=started,
        finished_at=started,
    )


@dataclass(frozen=True)
class _Order:
    """What is to be run, and with what."""

    settings: Settings
    sync: str
    configured: Mapping[str, Configured]
    options: SyncOptions
    environment: Mapping[str, str]


def _deliver(order: _Order) -> SyncResult:
    settings, options, started = order.settings, order.options, order.options.now()
    record_left(settings, order.sync, options.now)
    with connect(settings, read_only=True) as connection:
        begun = _begin(order, Tables.on(connection))
        prepared = None if begun.has_jobs else _prepare(settings, begun, options, started)
    delivery = begun.delivery
    if prepared is None:
        settle(settings, delivery, wait_seconds=0)
        with connect(settings, read_only=True) as connection:
            prepared = _prepare(settings, replace(begun, tables=Tables.on(connection)), options, started)
    with _sent(settings, delivery, prepared, options.rows_at_once) as (sent, tables):
        if prepared.folder:
            record(tables, prepared.folder, delivery.clock)
            prepared.folder.remove()
        if not sent.verdicts["pending"]:
            return _end(tables, _result(delivery, prepared.plan, sent, options, started))
    settled = settle(settings, delivery, delivery.destination.patience.job_wait_seconds)
    sent.verdicts["pending"] -= settled.total()
    sent.verdicts += settled
    with connect(settings) as connection:
        return _end(Tables.on(connection), _result(delivery, prepared.plan, sent, options, started))


def _end(tables: Tables, result: SyncResult) -> SyncResult:
    append_run(tables, run_row(result))
    return result


@dataclass(frozen=True)
class _Begun:
    """A run that may begin.

    Attributes:
        tables: of an open connection.
        has_jobs: something is still open of earlier runs, to be asked about before planning.
    """

    tables: Tables
    sync: Sync
    desired: Desired
    delivery: Delivery
    has_jobs: bool


def _begin(order: _Order, tables: Tables) -> _Begun:
    settings, options = order.settings, order.options
    sync = load_syncs(tables, (order.sync,))[0]
    chosen = usable(settings, order.configured, [sync], order.environment)[sync.destination]
    desired, clock = describe_desired(tables, sync), receipt_clock(tables, options.now)
    run = Run(new_run_id(clock()), sync.sync, sync.destination, desired.build_id, sync.columns)
    destination = chosen.kind.open(chosen, run, settings.home)
    delivery = Delivery(run, destination, settings.home, clock, options.advance)
    has_jobs = bool(destination.poll) and bool(tables.value(open_jobs(tables, sync.sync).limit(1).count()))
    return _Begun(tables, sync, desired, delivery, has_jobs)


@dataclass(frozen=True)
class _Prepared:
    """The plan of a run, and the folder with the records that it sends; None when nothing may or need be sent."""

    plan: SyncPlan
    folder: Folder | None = None
    records: int = 0


def _prepare(settings: Settings, begun: _Begun, options: SyncOptions, started: datetime) -> _Prepared:
    tables, sync, delivery = begun.tables, begun.sync, begun.delivery
    facts = delivery.destination.facts
    first = Selection(("add",), without_unknown=not facts.idempotent, limit=options.limit)
    outbox = Outbox(settings, delivery.run, sync, facts)
    with writing(tables, outbox, first, begun.desired.records) as write:
        planned = plan_sync(tables, sync, begun.desired, started)
        if options.saved and fingerprint(tables, planned) != options.saved:
            raise moved_error([sync.sync])
        scope = planned.scope(options.accept)
        operations = _operations(planned, scope)
        if not operations:
            return _Prepared(planned)
        filled = write(replace(first, operations=operations, withdrawals_only=scope == "withdrawals"))
    options.expect(filled.records)
    return _Prepared(planned, filled.folder, filled.records)


def _operations(planned: SyncPlan, scope: Scope) -> tuple[Operation, ...]:
    """Those of which something may be sent."""
    counts = {"remove": planned.removals, "add": planned.adds, "update": planned.updates}
    may = {"everything": counts, "withdrawals": {"remove": planned.withdrawals}, "nothing": {}}[scope]
    return tuple(one for one in (*REMOVALS, *ADDITIONS) if may.get(one))


@contextmanager
def _sent(
    settings: Settings, delivery: Delivery, prepared: _Prepared, rows_at_once: int
) -> Iterator[tuple[Progress, Tables]]:
    """What came of sending, and the warehouse, in which there is still to be written what was answered last."""
    if prepared.folder:
        with sending(settings, delivery, prepared.folder, Amount(prepared.records, rows_at_once)) as sent:
            yield sent
        return
    with connect(settings) as connection:
        yield Progress(), Tables.on(connection)


def _result(
    delivery: Delivery, planned: SyncPlan, sent: Progress, options: SyncOptions, started: datetime
) -> SyncResult:
    run, resend = delivery.run, delivery.destination.facts.idempotent
    counts: dict[str, int] = {verdict: sent.verdicts[verdict] for verdict in VERDICTS}
    status, message = judge(planned, counts, options, sent.stopped, resend=resend)
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
