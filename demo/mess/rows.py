"""Mess in whole rows: some cannot be read, some arrive twice, some arrive late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import DAY, HOUR, Bools, Ints, Text, below, blank, chance, filled, only, text
from demo.frames import NOBODY
from demo.mess.clock import written
from demo.mess.words import PLACEHOLDERS, formats, placeholders, typos
from demo.options import code

if TYPE_CHECKING:
    from demo.chunk import Chunk
    from demo.frames import Frame

MISSING_ID, UNREADABLE_TIME, UNREADABLE_AMOUNT = "missing_id", "unreadable_time", "unreadable_amount"
_BROKEN_IDS = (None, "")
_BROKEN_TIMES = ("not a date", "2025-13-45T99:99:99Z", "31/02/2025 25:61", "yesterday", "")
_BROKEN_AMOUNTS = ("N/A", "", "free", "12.3.4", "--")
_NEVER_MESSED = {"shop_products"}
_ARRIVES_AGAIN_UNCHANGED = 0.5
_BATCH = HOUR
_LATE_DAYS = (2, 30)


@dataclass(frozen=True)
class Raw:
    """Rows ready to be written.

    Attributes:
        frame: the rows; all times are text now.
        loaded_at: when each one reached the warehouse.
        broken: for each row, what makes it unreadable, or nothing.
        identifiable: for each row, whether it can be read and names a person by an identifier that is theirs.
    """

    frame: Frame
    loaded_at: Ints
    broken: Text
    identifiable: Bools


def spoil(chunk: Chunk, clean: Frame, shared_ids: Text) -> Raw:
    """Do to clean rows what real systems do.

    Args:
        chunk: the rates and the random streams.
        clean: rows as they should be.
        shared_ids: identifiers of things, not people: the stores' tablets.
    """
    if clean.table.name in _NEVER_MESSED or clean.superseded:
        return _whole(chunk, clean, shared_ids)
    frame = written(chunk, placeholders(chunk, formats(chunk, typos(chunk, clean))))
    frame, broken = _broken(chunk, frame)
    loaded_at, frame = _loaded(chunk, frame)
    raw = Raw(frame, loaded_at, broken, _identifiable(frame, shared_ids) & ~filled(broken))
    return _repeated(chunk, raw)


def _whole(chunk: Chunk, clean: Frame, shared_ids: Text) -> Raw:
    frame = written(chunk, clean)
    loaded_at, frame = _loaded(chunk, frame)
    return Raw(frame, loaded_at, blank(len(frame)), _identifiable(frame, shared_ids))


def _broken(chunk: Chunk, frame: Frame) -> tuple[Frame, Text]:
    """Make some rows unreadable, each in one way."""
    rng, table = chunk.rng(f"broken {frame.table.name}"), frame.table
    ways: dict[str, tuple[str, tuple[str | None, ...]]] = {MISSING_ID: (table.key, _BROKEN_IDS)}
    if table.required_time:
        ways[UNREADABLE_TIME] = (table.required_time, _BROKEN_TIMES)
    if table.amount:
        ways[UNREADABLE_AMOUNT] = (table.amount, _BROKEN_AMOUNTS)
    kinds = text(ways)
    kind = only(chance(rng, chunk.mess.broken_rows, len(frame)), kinds[below(rng, len(kinds), len(frame))])
    for name, (column_name, garbage) in ways.items():
        rows = np.flatnonzero(kind == name)
        column = frame.column(column_name).copy()
        column[rows] = text(garbage)[below(rng, len(garbage), len(rows))]
        frame = frame.with_columns(**{column_name: column})
    return frame.marked(filled(kind), "broken_rows"), kind


def _loaded(chunk: Chunk, frame: Frame) -> tuple[Ints, Frame]:
    """Most rows arrive within the hour, late ones after days or weeks; all of them before the end."""
    rng, size = chunk.rng(f"loading {frame.table.name} {frame.superseded}"), len(frame)
    late = chance(rng, 0 if frame.superseded else chunk.mess.late_rows, size)
    known_at = np.where(frame.known_at == 0, chunk.start, frame.known_at)
    delay = rng.integers(0, _BATCH, size) + late * rng.integers(_LATE_DAYS[0] * DAY, _LATE_DAYS[1] * DAY, size)
    return np.minimum(known_at + delay, chunk.end - 1), frame.marked(late, "late_rows")


def _identifiable(frame: Frame, shared_ids: Text) -> Bools:
    """Only rows that a placeholder or a tablet touched need a closer look."""
    doubtful = np.flatnonzero(frame.mess >= code("placeholder_values"))
    result = np.zeros(len(frame), dtype=bool)
    shared = set(shared_ids)
    for name in frame.table.identifiers:
        column = frame.column(name)
        useful = filled(column)
        useful[doubtful] = [
            value is not None and value not in shared and value not in PLACEHOLDERS.get(name, ())
            for value in column[doubtful]
        ]
        result |= useful
    return np.asarray(result & (frame.owner != NOBODY))


def _repeated(chunk: Chunk, raw: Raw) -> Raw:
    """Some rows arrive a second time, at once or days later."""
    rng, size = chunk.rng(f"duplicates {raw.frame.table.name}"), len(raw.frame)
    again = chance(rng, chunk.mess.duplicate_rows, size) & ~filled(raw.broken)
    later = ~chance(rng, _ARRIVES_AGAIN_UNCHANGED, size) * rng.integers(0, 3 * DAY, size)
    frame = raw.frame.marked(again, "duplicate_rows")
    rows = np.concatenate([np.arange(size), np.flatnonzero(again)])
    second = np.arange(len(rows)) >= size
    loaded_at = np.minimum(raw.loaded_at[rows] + later[rows] * second, chunk.end - 1)
    return Raw(frame.take(rows), loaded_at, raw.broken[rows], raw.identifiable[rows])
