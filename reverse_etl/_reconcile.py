"""Read back what a destination holds, and say where it differs from what receipts say that it holds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from reverse_etl._account import account
from reverse_etl._config import load_destinations, usable
from reverse_etl._errors import DeliveryError, StopDelivery
from reverse_etl._lock import sync_lock
from reverse_etl._records import Run, new_run_id
from reverse_etl._redact import redact
from reverse_etl._sender import Sender
from reverse_etl._settle import record_left
from reverse_etl._tables import Tables, syncs_of
from warehouse import connect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reverse_etl._records import Held
    from reverse_etl._tables import Sync
    from reverse_etl.destinations._contract import Configured, Destination, Reader
    from warehouse import Settings

_HELD: Final = pa.schema([("record_key", pa.string()), ("fields", pa.string())])
_EXAMPLES: Final = 5
_CANNOT: Final = "cannot be read back"

Example = tuple[str, str, tuple[str, ...]]


@dataclass(frozen=True)
class Reconciliation:
    """What one destination holds against what receipts say.

    Attributes:
        held: records that it shows; None when it was not read.
        missing: receipts say that it holds them, the audience too, and they are not there.
        extra: they are there and were not written by us; nobody removes them.
        stale: their fields are not those that it confirmed; others are pending anyway.
        examples: some of each, as (missing, extra or stale, a name for the key, the fields that differ).
        message: why it was not read; None when it was.
        readable: whether destinations of this kind can be read back.
    """

    sync: str
    destination: str
    held: int | None = None
    missing: int = 0
    extra: int = 0
    stale: int = 0
    examples: tuple[Example, ...] = ()
    message: str | None = None
    readable: bool = True

    @property
    def ok(self) -> bool:
        """Whether nothing that was delivered is missing or otherwise; true where that cannot be known."""
        return not self.readable or (self.message is None and not self.missing and not self.stale)


def reconcile(settings: Settings, syncs: tuple[str, ...], environment: Mapping[str, str]) -> list[Reconciliation]:
    """Read back the destinations of the named syncs, or of all; nothing is changed there.

    Args:
        settings: where the warehouse and destinations.toml are.
        syncs: names of syncs; none means all.
        environment: where secrets are read from.

    Raises:
        SyncLocked: one of them is being delivered.
        KindredError: something is wrong with the configuration or the warehouse.
    """
    configured = load_destinations(settings.destinations)
    found = syncs_of(settings, syncs)
    chosen = usable(settings, configured, found, environment)
    return [_reconcile(settings, sync, chosen[sync.destination]) for sync in found]


def _reconcile(settings: Settings, sync: Sync, chosen: Configured) -> Reconciliation:
    run = Run(new_run_id(datetime.now(UTC)), sync.sync, sync.destination, None, sync.columns)
    destination = chosen.kind.open(chosen, run, settings.home)
    if destination.read is None:
        return Reconciliation(sync.sync, sync.destination, message=_CANNOT, readable=False)
    with sync_lock(settings, sync.sync), TemporaryDirectory(dir=settings.home) as folder:
        record_left(settings, sync.sync, lambda: datetime.now(UTC))
        path = Path(folder) / "held.arrow"
        try:
            _write(path, _pages(settings, destination, destination.read))
        except (DeliveryError, StopDelivery) as error:
            return Reconciliation(sync.sync, sync.destination, message=f"was not read: {error}")
        with connect(settings, read_only=True) as connection, pa.memory_map(str(path)) as file:
            held = pa.ipc.open_file(file).read_all()
            return _compared(Tables.on(connection), sync, held)


def _pages(settings: Settings, destination: Destination, reader: Reader) -> Iterator[list[Held]]:
    with account(settings.home, destination) as (turns, _connections), destination.connect() as transport:
        yield from Sender(destination, transport, turns).read(reader)


def _write(path: Path, pages: Iterable[list[Held]]) -> None:
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, _HELD) as writer:
        for page in pages:
            keys = [one.record_key for one in page]
            shown = [None if one.fields is None else json.dumps(dict(one.fields), default=str) for one in page]
            writer.write_batch(pa.RecordBatch.from_pydict({"record_key": keys, "fields": shown}, schema=_HELD))


def _compared(tables: Tables, sync: Sync, rows: pa.Table) -> Reconciliation:
    tables.backend.con.register("kindred_held", rows)
    found = tables.backend.table("kindred_held")
    held = found.group_by("record_key").aggregate(fields=found.fields.max())
    states, delivered, desired = (
        _of(tables, name, sync) for name in ("receipt_states", "delivered_records", "desired_records")
    )
    ours = states.filter(states.is_held | states.is_lost | states.is_being_written)
    missing = delivered.semi_join(desired, "record_key").anti_join(held, "record_key")
    extra = held.anti_join(ours, "record_key")
    same = delivered.semi_join(desired, ("record_key", "payload_hash")).select("record_key")
    shown = held.filter(held.fields.notnull()).semi_join(same, "record_key")
    pairs = shown.inner_join(desired.select("record_key", "payload"), "record_key")
    stale, examples = _stale(tables, pairs)
    return Reconciliation(
        sync=sync.sync,
        destination=sync.destination,
        held=tables.value(held.count()),
        missing=tables.value(missing.count()),
        extra=tables.value(extra.count()),
        stale=stale,
        examples=(*_some(tables, "missing", missing), *_some(tables, "extra", extra), *examples),
    )


def _of(tables: Tables, name: str, sync: Sync) -> Any:
    table = tables.table(name)
    return table.filter(table.sync == sync.sync)


def _some(tables: Tables, what: str, records: Any) -> list[Example]:
    rows = tables.rows(records.select("record_key").order_by("record_key").limit(_EXAMPLES))
    return [(what, redact(row["record_key"]), ()) for row in rows]


def _stale(tables: Tables, pairs: Any) -> tuple[int, list[Example]]:
    stale = 0
    examples: list[Example] = []
    for rows in tables.stream(pairs.order_by("record_key")):
        for row in rows.to_pylist():
            differing = _differing(row["payload"], row["fields"])
            stale += bool(differing)
            if differing and len(examples) < _EXAMPLES:
                examples.append(("stale", redact(row["record_key"]), differing))
    return stale, examples


def _differing(payload: str, fields: str) -> tuple[str, ...]:
    sent, shown = json.loads(payload, parse_float=Decimal), json.loads(fields, parse_float=Decimal)
    return tuple(name for name, value in sent.items() if name in shown and not same_value(value, shown[name]))


def same_value(sent: Any, shown: Any) -> bool:
    """Whether a destination that keeps everything as text shows what it was sent."""
    if isinstance(sent, int | Decimal) and not isinstance(sent, bool):
        try:
            return Decimal(str(shown)) == sent
        except InvalidOperation:
            return False
    return _text(sent) == _text(shown)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
