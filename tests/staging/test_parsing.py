"""Times and amounts, drawn at random and written in every shape that sources use, against Python's own readers."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from conftest import Project

MOMENTS = 1_000
BERLIN = ZoneInfo("Europe/Berlin")


def _moments(rng: random.Random) -> list[datetime]:
    """Whole minutes of two decades; not those of the hour that clocks show twice in autumn."""
    start = datetime(2010, 1, 1, tzinfo=UTC)
    drawn = [start + timedelta(minutes=rng.randrange(20 * 366 * 24 * 60)) for _ in range(MOMENTS)]
    return [moment for moment in drawn if _is_unambiguous(moment)]


def _is_unambiguous(moment: datetime) -> bool:
    shown = moment.astimezone(BERLIN)
    return shown.replace(fold=0).utcoffset() == shown.replace(fold=1).utcoffset()


def _shapes(moment: datetime, rng: random.Random) -> list[str]:
    """Shapes that say their zone themselves."""
    far = moment.astimezone(timezone(timedelta(hours=rng.randrange(-11, 13), minutes=rng.choice((0, 30)))))
    return [
        moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        moment.strftime("%Y-%m-%d %H:%M:%S UTC"),
        far.isoformat(),
        far.strftime("%Y-%m-%d %H:%M:%S %z"),
        far.isoformat(timespec="minutes"),
        str(int(moment.timestamp())),
        f" {int(moment.timestamp()) * 1000} ",
    ]


def _naive_shapes(shown: datetime) -> list[str]:
    """Shapes that only say what the clock showed."""
    return [shown.strftime(shape) for shape in ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M")]


def test_a_moment_is_the_same_in_every_shape_and_on_either_clock(project: Project) -> None:
    rng = random.Random(7)  # noqa: S311 - test data
    written = []
    for moment in _moments(rng):
        pairs = zip(_naive_shapes(moment), _naive_shapes(moment.astimezone(BERLIN)), strict=True)
        expected = moment.replace(tzinfo=None)
        written += [(utc, berlin, expected) for utc, berlin in pairs]
        written += [(text, text, expected) for text in _shapes(moment, rng)]
    values = [(utc, berlin) for utc, berlin, _ in written]
    made = project.made_of("moment on both clocks", values)
    wrong = [(row, value) for row, value in zip(written, made, strict=True) if value != [row[2], row[2]]]
    assert len(written) > 9_000
    assert not wrong, wrong[:10]


def test_what_is_no_moment_is_none(project: Project) -> None:
    dates = ("2025", "2025-02-30", "31/02/2025 10:00", "2025-07-03T25:00:00Z", "12345")
    texts = ("", "soon", "infinity", "epoch", *dates, None)
    assert project.made_of("moment", [(text,) for text in texts]) == [None] * len(texts)


def test_an_amount_is_the_same_with_either_mark(project: Project) -> None:
    rng = random.Random(7)  # noqa: S311 - test data
    amounts = [Decimal(rng.randrange(-(10**9), 10**9)).scaleb(-2) for _ in range(MOMENTS)]
    english = [f"{amount:,.2f}" for amount in amounts]
    swap = str.maketrans(",.", ".,")
    written = [(str(a), str(a).replace(".", ","), e, e.translate(swap)) for a, e in zip(amounts, english, strict=True)]
    for shape in zip(*written, strict=True):
        assert project.made_of("decimal", [(text,) for text in shape]) == amounts


def test_integers_booleans_and_dates_are_read_or_none(project: Project) -> None:
    expected = {
        "12": [12],
        " 12.0 ": [12],
        "1.5": [],
        "1e3": [],
        "YES": [True],
        "f": [False],
        "0": [0, False],
        "maybe": [],
        "2025-02-28 23:59": [date(2025, 2, 28)],
        "28.02.2025": [date(2025, 2, 28)],
        "20250228": [20250228, date(2025, 2, 28)],
        "2025-02-29": [],
    }
    rows = [(text,) for text in expected]
    made = zip(*(project.made_of(reader, rows) for reader in ("integer", "boolean", "date")), strict=True)
    read = {text: [value for value in row if value is not None] for text, row in zip(expected, made, strict=True)}
    assert read == expected
