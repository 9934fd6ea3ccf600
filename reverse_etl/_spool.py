"""What a run is about to send, on disk: so that the warehouse is free and memory flat while it is sent.

One Arrow file; each of its record batches is one batch to be sent, removals before additions. A record batch is named
by its number, and a record in it by its place.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from reverse_etl._records import Batch, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from reverse_etl._records import Run

SCHEMA: Final = pa.schema([(name, pa.string()) for name in (*Record._fields, "run_id", "job")])
_BUFFER_BYTES: Final = 2**18  # Arrow writes each column of each batch for itself
_record: Final = partial(tuple.__new__, Record)  # as Record._make does it, without a call of Python's for each
_RECEIPT_COLUMNS: Final = tuple(i for i, name in enumerate(SCHEMA.names) if name != "payload")


@dataclass(frozen=True)
class Spooled:
    """One batch of a spool.

    Attributes:
        number: which one it is.
        rows: its records, with the columns of SCHEMA.
    """

    number: int
    rows: pa.RecordBatch

    @property
    def is_removal(self) -> bool:
        """Whether its people leave."""
        return bool(self.rows.column("operation")[0].as_py() == "remove")

    @cached_property
    def records(self) -> tuple[Record, ...]:
        """Its records, in the order of their places."""
        columns = (self.rows.column(name).to_pylist() for name in Record._fields)
        return tuple(map(_record, zip(*columns, strict=True)))

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each key."""
        return {record.record_key: place for place, record in enumerate(self.records)}

    def batch(self, run: Run) -> Batch:
        """The records, to be sent in a run; when they wait for a job, the question about it."""
        return Batch(run, self.records, self.rows.column("job")[0].as_py())


class SpoolWriter:
    """Writes a spool; use `writing`."""

    def __init__(self, writer: Any) -> None:
        """Write through an Arrow writer."""
        self._writer = writer
        self.records = 0

    def add(self, batches: Iterable[pa.RecordBatch], size: int) -> None:
        """Write rows as batches of `size`, the last one perhaps smaller."""
        for rows in _in_batches(batches, size):
            self._writer.write_batch(rows)
            self.records += rows.num_rows


@contextmanager
def writing(path: Path) -> Iterator[SpoolWriter]:
    """A new spool, readable by its owner alone; it is complete when the block ends."""
    path.touch(mode=0o600)
    with (
        pa.OSFile(str(path), "wb") as unbuffered,
        pa.BufferedOutputStream(unbuffered, _BUFFER_BYTES) as file,
        pa.ipc.new_file(file, SCHEMA) as writer,
    ):
        yield SpoolWriter(writer)


def read_spool(path: Path) -> Iterator[Spooled]:
    """Its batches in order, one in memory at a time."""
    with pa.OSFile(str(path)) as file:
        reader = pa.ipc.open_file(file)
        for number in range(reader.num_record_batches):
            yield Spooled(number, reader.get_batch(number))


@contextmanager
def receipt_rows(path: Path) -> Iterator[Any]:
    """A function from a batch's number to what receipts say of its records: everything but the payload.

    They are read where they lie, and count as memory of the process until the block ends and none of them is left.
    """
    with pa.OSFile(str(path)) as file:
        reader = pa.ipc.open_file(file, options=pa.ipc.IpcReadOptions(included_fields=list(_RECEIPT_COLUMNS)))
        yield reader.get_batch


def _in_batches(batches: Iterable[pa.RecordBatch], size: int) -> Iterator[pa.RecordBatch]:
    left: list[pa.RecordBatch] = []
    for rows in batches:
        left.append(rows)
        if sum(one.num_rows for one in left) >= size:
            whole = _joined(left)
            full = whole.num_rows - whole.num_rows % size
            yield from (whole.slice(start, size) for start in range(0, full, size))
            left = [whole.slice(full)] if full < whole.num_rows else []
    if left:
        yield _joined(left)


def _joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    alike = [one.select(SCHEMA.names).cast(SCHEMA) for one in batches]
    return alike[0] if len(alike) == 1 else pa.concat_batches(alike)
