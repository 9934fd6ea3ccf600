"""Times of day as people live them, and times as systems write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np

from demo.arrays import DAY, HOUR, Floats, Ints, Rng, Text, mapped, pick

_HOUR_WEIGHTS = (2, 1, 1, 1, 1, 2, 4, 8, 10, 11, 12, 13, 13, 12, 11, 11, 12, 14, 17, 19, 19, 16, 10, 5)
_OPENING_HOURS_WEIGHTS = (0, 0, 0, 0, 0, 0, 0, 0, 4, 6, 8, 9, 9, 8, 8, 9, 11, 10, 4, 0, 0, 0, 0, 0)
_FIRST_YEAR, _LAST_YEAR = 1970, 2100


def seconds(moment: str) -> int:
    """An ISO time, UTC if it names no zone, as seconds since 1970."""
    parsed = datetime.fromisoformat(moment)
    return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp())


def daily(rng: Rng, moments: Floats | Ints, *, opening_hours: bool = False) -> Ints:
    """The same days, at an hour at which people are awake (or a shop in Berlin is open)."""
    days = np.asarray(moments).astype(np.int64) // DAY * DAY
    weights = _OPENING_HOURS_WEIGHTS if opening_hours else _HOUR_WEIGHTS
    size = len(days)
    return np.asarray(days + pick(rng, weights, size) * HOUR + rng.integers(0, HOUR, size), dtype=np.int64)


def iso(moments: Ints, *, separator: str = "T", suffix: str = "") -> Text:
    """`2025-07-03T14:05:00` followed by the suffix."""
    stamps: Text = np.datetime_as_string(moments.astype("datetime64[s]"), unit="s").astype(object)
    if separator != "T":
        stamps = mapped(lambda stamp: stamp.replace("T", separator), stamps)
    return stamps + suffix if suffix else stamps


def dates(days: Ints) -> Text:
    """Days since 1970 as `2025-07-03`."""
    column: Text = np.datetime_as_string(days.astype("datetime64[D]"), unit="D").astype(object)
    return column


def berlin_offset(moments: Ints) -> Ints:
    """Seconds that Europe/Berlin is ahead of UTC at each moment."""
    changes, offsets = _berlin_changes()
    return offsets[np.searchsorted(changes, moments, side="right") - 1]


@cache
def _berlin_changes() -> tuple[Ints, Ints]:
    zone = ZoneInfo("Europe/Berlin")
    hour = datetime(2020, 1, 1, tzinfo=UTC)
    changes, offsets = [-(2**62)], [HOUR]
    while hour.year < 2035:  # noqa: PLR2004 - the demo's years lie between
        offset = zone.utcoffset(hour.astimezone(zone).replace(tzinfo=None))
        if offset and int(offset.total_seconds()) != offsets[-1]:
            changes.append(int(hour.timestamp()))
            offsets.append(int(offset.total_seconds()))
        hour += timedelta(hours=1)
    return np.array(changes, dtype=np.int64), np.array(offsets, dtype=np.int64)
