"""Past days: how one is named, and where its file is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from warehouse import KindredError

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse import Settings

_SUFFIX = ".duckdb"


@dataclass(frozen=True)
class Day:
    """A past day, or a moment of one.

    Attributes:
        name: `2026-06-30`, or `2026-06-30T0400` for a moment: the name of the file.
        as_of: what had happened and what had been loaded before it counts; UTC, without a zone.
    """

    name: str
    as_of: datetime

    @property
    def is_whole(self) -> bool:
        """Whether it is a day at its end."""
        return len(self.name) == len("2026-06-30")

    @property
    def text(self) -> str:
        """The moment as dbt is given it."""
        return self.as_of.strftime("%Y-%m-%d %H:%M:%S")


def parse_day(text: str, now: datetime) -> Day:
    """The day that somebody named: `2026-06-30` is its end, `2026-06-30 04:00:00` that moment in UTC.

    Args:
        text: what was typed.
        now: the moment of asking, with its time zone.

    Raises:
        KindredError: it is no date, or not over yet.
    """
    day = _parsed(text.strip())
    if day.as_of.replace(tzinfo=UTC) > now:
        raise KindredError(
            f"{text} is not over yet: name a day before today, or a moment of today such as {now:%F} 00:00."
        )
    return day


def _parsed(text: str) -> Day:
    try:
        whole = date.fromisoformat(text)
        return Day(whole.isoformat(), datetime.combine(whole + timedelta(days=1), time()))
    except (ValueError, OverflowError):
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise KindredError(
            f"'{text}' is no day: write it as 2026-06-30, or a moment as 2026-06-30 04:00:00 (UTC)."
        ) from None
    moment = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return Day(moment.isoformat(timespec="seconds").replace(":", ""), moment.replace(microsecond=0))


def folder_of_days(settings: Settings) -> Path:
    """Where the files of past days are: each holds personal data, and nothing else holds them."""
    return settings.home / "days"


def file_of_day(settings: Settings, day: Day) -> Path:
    """The file of one day."""
    return folder_of_days(settings) / f"{day.name}{_SUFFIX}"


def files_of_days(settings: Settings) -> tuple[Path, ...]:
    """The files of all days that were built, the earliest first: what an erasure has to look into."""
    return tuple(sorted(folder_of_days(settings).glob(f"*{_SUFFIX}")))
