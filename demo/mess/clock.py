"""How times are written: each source in its own way, and some rows in yet another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import HOUR, Bools, Ints, Rng, Text, below, chance, filled, mapped, numbers, text
from demo.times import berlin_offset, iso

if TYPE_CHECKING:
    from collections.abc import Callable

    from demo.chunk import Chunk
    from demo.frames import Frame
    from demo.table import Zone

_ELSEWHERE = (-5, 1, 8)
_NOTHING = 0
"""The time of an empty cell."""


def written(chunk: Chunk, frame: Frame) -> Frame:
    """Turn the times into text."""
    rng = chunk.rng(f"times {frame.table.name} {frame.superseded}")
    odd = chance(rng, chunk.mess.odd_times, len(frame))
    columns = {name: _column(rng, moments, odd, frame.table.zone) for name, moments in frame.times.items()}
    if "birth_date" in frame.columns:
        columns["birth_date"] = _birthdays(frame.columns["birth_date"], odd)
    return frame.with_columns(**columns).marked(odd, "odd_times") if columns else frame


def _column(rng: Rng, moments: Ints, odd: Bools, zone: Zone) -> Text:
    column = _plain(moments, zone)
    rows = np.flatnonzero(odd)
    shapes = _SHAPES[zone]
    shape = below(rng, len(shapes), len(rows))
    for index, write in enumerate(shapes):
        here = rows[shape == index]
        column[here] = write(rng, moments[here])
    column[moments == _NOTHING] = None
    return column


def _plain(moments: Ints, zone: Zone) -> Text:
    if zone == "berlin":
        return iso(moments + berlin_offset(moments), separator=" ")
    return _with_berlin(None, moments) if zone == "offset" else iso(moments, suffix="Z")


def _with_berlin(_: Rng | None, moments: Ints) -> Text:
    offset = berlin_offset(moments)
    return iso(moments + offset) + text(("+01:00", "+02:00"))[offset // HOUR - 1]  # type: ignore[no-any-return]


def _elsewhere(rng: Rng, moments: Ints) -> Text:
    hours = np.asarray(_ELSEWHERE)[rng.integers(0, len(_ELSEWHERE), len(moments))]
    suffix = text(f"{hour:+03d}:00" for hour in hours.tolist())
    return iso(moments + hours * HOUR) + suffix  # type: ignore[no-any-return]


def _naive(_: Rng, moments: Ints) -> Text:
    return iso(moments, separator=" ")


def _millis(_: Rng, moments: Ints) -> Text:
    return numbers(moments * 1000)


def _slashes(_: Rng, moments: Ints) -> Text:
    """`03/07/2025 14:05`: the day first, no seconds."""
    return mapped(lambda s: f"{s[8:10]}/{s[5:7]}/{s[:4]} {s[11:16]}", iso(moments))


def _berlin_slashes(rng: Rng, moments: Ints) -> Text:
    return _slashes(rng, moments + berlin_offset(moments))


_SHAPES: dict[Zone, tuple[Callable[[Rng, Ints], Text], ...]] = {
    "utc": (_naive, _slashes, _millis, _elsewhere),
    "offset": (_naive, _slashes, _millis, _elsewhere),
    "berlin": (_berlin_slashes, _with_berlin, _millis),
}


def _birthdays(column: Text, odd: Bools) -> Text:
    rows = odd & filled(column)
    result = column.copy()
    result[rows] = mapped(lambda day: f"{day[8:]}/{day[5:7]}/{day[:4]}", column[rows])
    return result
