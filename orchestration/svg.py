"""Small drawings as SVG, for Dagster's pages: bars, lines, a heat map, a comparison of two shares.

Each is a text without script or font of its own, on a white ground, so that it reads in a light and in a dark page.
"""

from __future__ import annotations

import base64
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_COLOURS = (
    "#0b7a75",
    "#d9822b",
    "#7157d9",
    "#c23030",
    "#96622d",
    "#669eff",
    "#8a9ba8",
    "#db2c6f",
    "#9bbf30",
    "#5c7080",
    "#f2b824",
    "#00b3a4",
    "#b072d1",
    "#1f4b99",
    "#ff7373",
)
_PALE = {"others": "#bfccd6", "unknown": "#e1e8ed"}
_ROW, _BAR, _LEFT, _WIDTH, _RIGHT = 24, 16, 290, 420, 110
_INK, _GRID, _SHADE = "#182026", "#ced9e0", (11, 122, 117)
_DARK, _LEAST = 0.55, 0.005


def markdown(drawing: str, title: str) -> str:
    """The drawing as an image inside Markdown."""
    data = base64.b64encode(drawing.encode()).decode()
    return f"![{title}](data:image/svg+xml;base64,{data})"


def stacked_bars(rows: Sequence[tuple[str, str, Mapping[str, float]]], *, first: str | None = None) -> str:
    """One bar of full length a row, divided by kind.

    Args:
        rows: (name, what stands behind the bar, size of each kind) from top to bottom.
        first: the kind that stands first and has the first colour.
    """
    totals: dict[str, float] = {}
    for _, _, parts in rows:
        for kind, size in parts.items():
            totals[kind] = totals.get(kind, 0) + size
    kinds = sorted(totals, key=lambda kind: (kind != first, _PALE.get(kind, ""), -totals[kind], kind))
    colours = {kind: _PALE.get(kind) or _COLOURS[place % len(_COLOURS)] for place, kind in enumerate(kinds)}
    body = [_legend(colours)]
    top = 18 * (1 + (len(kinds) - 1) // 4) + 8
    for place, (name, note, parts) in enumerate(rows):
        whole = sum(parts.values()) or 1
        shares = {kind: parts.get(kind, 0) / whole for kind in kinds}
        body.append(_bar(top + place * _ROW, name, note, shares, colours))
    return _svg(_LEFT + _WIDTH + _RIGHT, top + len(rows) * _ROW + 6, body)


def _bar(y: float, name: str, note: str, parts: Mapping[str, float], colours: Mapping[str, str]) -> str:
    left, drawn = float(_LEFT), [_text(_LEFT - 8, y + 12, name, anchor="end")]
    for kind, share in parts.items():
        drawn.append(_rect(left, y, share * _WIDTH, _BAR, colours[kind]))
        left += share * _WIDTH
    return "".join([*drawn, _text(left + 6, y + 12, note)])


def _legend(colours: Mapping[str, str]) -> str:
    drawn = []
    for place, (kind, colour) in enumerate(colours.items()):
        x, y = 8 + place % 4 * 205, 4 + place // 4 * 18
        drawn.append(_rect(x, y, 12, 12, colour) + _text(x + 17, y + 10, kind[:32]))
    return "".join(drawn)


def spark_lines(series: Mapping[str, Sequence[tuple[str, float]]]) -> str:
    """One line a name, each on a scale of its own from 0 on, with its last value and how that differs from the first.

    Args:
        series: points of (moment as ISO text, size) in their order.
    """
    moments = sorted({moment for points in series.values() for moment, _ in points})
    body = [_text(_LEFT, 12, moments[0] if moments else ""), _text(_LEFT + _WIDTH, 12, moments[-1], anchor="end")]
    for place, (name, points) in enumerate(series.items()):
        y, most = 20 + place * 32, max((size for _, size in points), default=0) or 1
        spots = [(_LEFT + _place(moments, moment), y + 24 - size / most * 22) for moment, size in points]
        path = " ".join(f"{x:.1f},{top:.1f}" for x, top in spots)
        last, change = points[-1][1], points[-1][1] - points[0][1]
        body += [
            _text(_LEFT - 8, y + 18, name, anchor="end"),
            f'<line x1="{_LEFT}" x2="{_LEFT + _WIDTH}" y1="{y + 24}" y2="{y + 24}" stroke="{_GRID}"/>',
            f'<polyline points="{path}" fill="none" stroke="{_COLOURS[0]}" stroke-width="2"/>',
            f'<circle cx="{spots[-1][0]:.1f}" cy="{spots[-1][1]:.1f}" r="3" fill="{_COLOURS[0]}"/>',
            _text(_LEFT + _WIDTH + 10, y + 18, f"{last:,.0f}" + (f" ({change:+,.0f})" if change else "")),
        ]
    return _svg(_LEFT + _WIDTH + _RIGHT, 28 + len(series) * 32, body)


def _place(moments: Sequence[str], moment: str) -> float:
    first, last, own = (datetime.fromisoformat(one) for one in (moments[0], moments[-1], moment))
    return _WIDTH * ((own - first) / (last - first)) if last > first else _WIDTH


def heat_map(names: Sequence[str], shares: Mapping[tuple[str, str], float]) -> str:
    """A square of shares, 0 to 1: each row's name shares so much with each column's.

    Args:
        names: of the rows and the columns.
        shares: by (row, column); what is missing is none.
    """
    cell, left, top = 40, 180, 136
    body = [_text(left - 8, top + cell * place + 25, name, anchor="end") for place, name in enumerate(names)]
    for place, name in enumerate(names):
        x = left + cell * place + 22
        body.append(f'<g transform="translate({x},{top - 8}) rotate(-45)">{_text(0, 0, name)}</g>')
    for down, row in enumerate(names):
        for across, column in enumerate(names):
            share = shares.get((row, column), 0)
            colour = "#ebf1f5" if row == column else _shade(share)
            x, y = left + cell * across, top + cell * down
            ink = "#ffffff" if share > _DARK and row != column else _INK
            shown = _percent(share) if share and row != column else ""
            body += [_rect(x, y, cell - 2, cell - 2, colour), _text(x + 19, y + 24, shown, anchor="middle", ink=ink)]
    return _svg(left + cell * len(names) + 90, top + cell * len(names) + 6, body)


def _percent(share: float) -> str:
    return "<1%" if share < _LEAST else f"{share:.0%}"


def _shade(share: float) -> str:
    return "#" + "".join(f"{round(255 - (255 - full) * min(share, 1)):02x}" for full in _SHADE)


def calibration(points: Sequence[tuple[float, float, float]], across: str, up: str) -> str:
    """What was predicted against what was seen; on the dashed line both are equal.

    Args:
        points: (predicted, observed, how many), both on one scale from 0 on.
        across: what the horizontal axis is.
        up: what the vertical one is.
    """
    side, left, top = 320, 60, 16
    most = max((max(one, other) for one, other, _ in points), default=0) or 1
    many = max((count for _, _, count in points), default=0) or 1
    body = [
        f'<rect x="{left}" y="{top}" width="{side}" height="{side}" fill="none" stroke="{_GRID}"/>',
        f'<line x1="{left}" y1="{top + side}" x2="{left + side}" y2="{top}" stroke="{_GRID}" stroke-dasharray="4"/>',
        _text(left + side / 2, top + side + 34, across, anchor="middle"),
        f'<g transform="translate(16,{top + side / 2}) rotate(-90)">{_text(0, 0, up, anchor="middle")}</g>',
    ]
    for share in (0, 0.5, 1):
        x, y = left + share * side, top + side - share * side
        body += [_text(x, top + side + 16, f"{share * most:,.3g}", anchor="middle")]
        body += [_text(left - 6, y + 4, f"{share * most:,.3g}", anchor="end")]
    for predicted, observed, count in points:
        x, y, radius = (
            left + predicted / most * side,
            top + side - observed / most * side,
            3 + 6 * (count / many) ** 0.5,
        )
        body.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{_COLOURS[0]}" fill-opacity="0.7"/>')
    return _svg(left + side + 24, top + side + 46, body)


def _rect(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'


def _text(x: float, y: float, text: str, *, anchor: str = "start", ink: str = _INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{ink}">{escape(text)}</text>'


def _svg(width: float, height: float, body: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" font-size="12"'
        f' font-family="sans-serif"><rect width="100%" height="100%" fill="#ffffff"/>{"".join(body)}</svg>'
    )
