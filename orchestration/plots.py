"""What is drawn of which table on its asset's page in Dagster."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from orchestration.svg import calibration, heat_map, markdown, spark_lines, stacked_bars
from warehouse.funnel import funnel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Rows = list[tuple[Any, ...]]
_SHOWN_VALUES = 7


def plots_of(table: str, query: Callable[[str], Rows]) -> dict[str, str]:
    """The drawings of a table, Markdown by title; none for most tables.

    Args:
        table: schema and name, `segments.segment_sizes`.
        query: runs a query on the warehouse.
    """
    draw = _PLOTS.get(table)
    return draw(query) if draw else {}


def _funnels(query: Callable[[str], Rows]) -> dict[str, str]:
    """Of each sync the members of its segment: delivered, or withheld by which reason; as bars, and in numbers."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for sync, reason, members in query(_DECISIONS):
        found[sync][reason] = int(members)
    rows = [(sync, f"{sum(parts.values()):,} → {parts.get('deliver', 0):,}", parts) for sync, parts in found.items()]
    bars = markdown(stacked_bars(rows, first="deliver"), "funnel")
    said = [f"- **{sync}**: {_sentence(parts)}" for sync, parts in found.items()]
    return {"funnel of each audience": "\n".join([bars, "", *said])} if rows else {}


def _sentence(parts: dict[str, int]) -> str:
    withheld = [(reason, members) for reason, members in parts.items() if reason != "deliver"]
    return funnel(sum(parts.values()), withheld, parts.get("deliver", 0))


def _sizes(query: Callable[[str], Rows]) -> dict[str, str]:
    series: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for segment, moment, members in query(_TREND):
        series[segment].append((str(moment), float(members)))
    return {"members by day": markdown(spark_lines(series), "sizes")} if series else {}


def _overlaps(query: Callable[[str], Rows]) -> dict[str, str]:
    shares = {(segment, other): float(share) for segment, other, share in query(_SHARED)}
    names = sorted({segment for segment, _ in shares})
    title = "share of the segment on the left that is in the one above, too"
    return {title: markdown(heat_map(names, shares), "overlaps")} if names else {}


def _composition(query: Callable[[str], Rows]) -> dict[str, str]:
    found: dict[str, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    for trait, segment, value, share in query(_CONSISTS):
        found[trait][segment][value] = float(share)
    return {
        f"by {trait.replace('_', ' ')}": markdown(stacked_bars(_shares(segments)), trait)
        for trait, segments in found.items()
    }


def _shares(segments: dict[str, dict[str, float]]) -> Sequence[tuple[str, str, dict[str, float]]]:
    """The values that most of all customers have; the others as one, and last those that are not known."""
    whole = segments.get("all customers", {})
    known = sorted((value for value in whole if value != "unknown"), key=lambda value: -whole[value])
    shown = {*known[:_SHOWN_VALUES], "unknown"}
    return [(name, "", _gathered(parts.items(), shown)) for name, parts in segments.items()]


def _gathered(parts: Iterable[tuple[str, float]], shown: set[str]) -> dict[str, float]:
    gathered: dict[str, float] = defaultdict(float)
    for value, share in parts:
        gathered[value if value in shown else "others"] += share
    return gathered


def calibrations(query: Callable[[str], Rows]) -> dict[str, str]:
    """What each model of churn predicted in the back-test of the last fit, beside what happened."""
    points: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for title, predicted, observed, customers in query(_BUCKETS):
        points[title].append((float(predicted), float(observed), float(customers)))
    return {title: markdown(calibration(found, "predicted", "observed"), title) for title, found in points.items()}


_DECISIONS = """
select sync, coalesce(reason, 'deliver') as reason, count(*) as members
from activation.audience_decisions group by 1, 2 order by 1, min(gate), 3 desc, 2
"""
_TREND = """
select segment, strftime(as_of, '%Y-%m-%d %H:%M') as moment, members from segments.segment_sizes
where as_of > (select max(as_of) from segments.segment_sizes) - interval 90 day
order by segment, as_of
"""
_SHARED = "select segment, other_segment, share_of_segment from segments.segment_overlaps"
_CONSISTS = """
select trait, segment, value, share_of_segment from segments.segment_composition
order by trait, segment <> 'all customers', segment, value
"""
_BUCKETS = """
select replace(candidate, '_', ' ') || ': share who left' as title, predicted, observed, customers_count
from customer_360.prediction_buckets
where
    kind = 'reliability' and predicted is not null and observed is not null
    and fit_id = (select max(fit_id) from customer_360.prediction_fits where subject = 'churn')
order by title, bucket
"""
_PLOTS: dict[str, Callable[[Callable[[str], Rows]], dict[str, str]]] = {
    "activation.audience_decisions": _funnels,
    "segments.segment_sizes": _sizes,
    "segments.segment_overlaps": _overlaps,
    "segments.segment_composition": _composition,
}
