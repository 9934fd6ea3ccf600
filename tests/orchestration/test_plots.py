"""What is drawn on the assets' pages is a drawing, and shows the figures that it was given."""

from __future__ import annotations

import base64
import re
from typing import Any
from xml.etree import ElementTree as ET

import duckdb
import pytest

from orchestration.plots import plots_of
from orchestration.svg import calibration, heat_map, spark_lines, stacked_bars

_SVG = "{http://www.w3.org/2000/svg}"


def _texts(drawing: str) -> list[str]:
    return [one.text or "" for one in ET.fromstring(drawing).iter(f"{_SVG}text")]  # noqa: S314 - our own


def _rows(query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        connection.execute(_TABLES)
        return connection.execute(query).fetchall()


_TABLES = """
create schema activation; create schema segments;
create table activation.audience_decisions as
    select 'sync_a' as sync, case when i < 3 then null when i < 5 then 'no consent' else 'holdout' end as reason,
        case when i < 3 then null when i < 5 then 2 else 8 end as gate
    from range(6) as r(i);
create table segments.segment_sizes as select 's' as segment, timestamp '2026-07-01' as as_of, 7 as members where false;
"""


def test_the_funnel_says_how_many_become_how_many() -> None:
    [(title, text)] = plots_of("activation.audience_decisions", _rows).items()
    assert title == "funnel of each audience"
    found = re.fullmatch(r"!\[funnel\]\(data:image/svg\+xml;base64,(.*)\)\n\n(.*)", text)
    assert found
    texts = _texts(base64.b64decode(found[1]).decode())
    assert texts == ["deliver", "no consent", "holdout", "sync_a", "6 → 3"]
    assert found[2] == "- **sync_a**: 6 members - 2 no consent - 1 holdout = 3 in the audience"


def test_a_table_without_rows_or_drawings_draws_nothing() -> None:
    assert plots_of("segments.segment_sizes", _rows) == {}
    assert plots_of("segments.any", _rows) == {}


def test_a_bar_is_divided_by_the_shares_of_its_kinds() -> None:
    drawing = stacked_bars([("a", "", {"x": 1, "unknown": 3})])
    bars = [one for one in ET.fromstring(drawing).iter(f"{_SVG}rect") if one.get("height") == "16.0"]  # noqa: S314
    assert [float(bar.get("width", 0)) for bar in bars] == [105, 315]


@pytest.mark.parametrize(
    "drawing",
    [
        spark_lines({"a <b>": [("2026-07-01", 0)], "c": [("2026-07-01", 5), ("2026-07-02", 9)]}),
        heat_map(["a", "b"], {("a", "b"): 0.25, ("a", "a"): 1.0}),
        calibration([], "predicted", "observed"),
        calibration([(0.2, 0.3, 10), (0.8, 0.9, 0)], "predicted", "observed"),
    ],
)
def test_each_drawing_can_be_read_as_xml(drawing: str) -> None:
    assert _texts(drawing)


def test_a_line_ends_with_its_size_and_how_that_changed() -> None:
    assert "9 (+4)" in _texts(spark_lines({"c": [("2026-07-01", 5), ("2026-07-02", 9)]}))


def test_a_heat_map_says_the_share_of_two_and_nothing_of_one_with_itself() -> None:
    texts = _texts(heat_map(["a", "b"], {("a", "b"): 0.25, ("a", "a"): 1.0}))
    assert "25%" in texts
    assert "100%" not in texts
    assert "<1%" in _texts(heat_map(["a", "b"], {("a", "b"): 0.0049}))


def test_kinds_as_many_as_there_are_gates_have_a_colour_each() -> None:
    kinds = [f"reason {n:02}" for n in range(15)]
    drawing = stacked_bars([("a", "", dict.fromkeys(kinds, 1))])
    squares = [one for one in ET.fromstring(drawing).iter(f"{_SVG}rect") if one.get("height") == "12.0"]  # noqa: S314
    assert len({one.get("fill") for one in squares}) == len(kinds)


def test_a_line_keeps_the_distance_of_its_days() -> None:
    moments = [("2026-07-01 00:00", 1), ("2026-07-02 00:00", 1), ("2026-07-05 00:00", 1)]
    [line] = ET.fromstring(spark_lines({"c": moments})).iter(f"{_SVG}polyline")  # noqa: S314
    places = [float(spot.split(",")[0]) for spot in (line.get("points") or "").split()]
    assert (places[1] - places[0]) * 3 == pytest.approx(places[2] - places[1])
