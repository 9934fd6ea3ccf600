"""What stands, how it did in its back-test, and how far it has drifted: for a person, or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table

from predictions._ledger import standing
from predictions._read import read_moment

if TYPE_CHECKING:
    import duckdb
    from rich.console import JustifyMethod, RenderableType

_FITS = """
select subject, status, fitted_as_of, cause, customers_count as customers, detail
from customer_360.prediction_fits where list_contains($fits, fit_id) order by subject
"""
_PARAMETERS = """
select candidate, term, value from customer_360.prediction_parameters
where list_contains($fits, fit_id) and knot is null and term <> 'intercept' order by all
"""
_QUALITY = """
select target, candidate, measure, value from customer_360.prediction_quality
where list_contains($fits, fit_id) and target <> 'fit' order by target, candidate, measure
"""
_BUCKETS = """
select bucket, lower_bound, customers_count as customers, predicted, observed
from customer_360.prediction_buckets as buckets
where list_contains($fits, fit_id) and kind = $kind and exists (
    select 1 from customer_360.prediction_parameters as used
    where used.fit_id = buckets.fit_id and used.candidate = buckets.candidate and used.is_used
)
order by bucket
"""
_DRIFT = """
select feature, psi from customer_360.prediction_drift
where list_contains($fits, fit_id)
qualify measured_as_of = max(measured_as_of) over () order by psi desc, feature
"""
_MEASURES = {
    "orders": ("mae", "bias", "total_ratio", "rank_correlation", "top_decile_capture"),
    "value": ("mae", "bias", "total_ratio", "rank_correlation", "top_decile_capture"),
    "churn": ("auc", "brier", "calibration_error", "top_decile_lift", "mean_risk", "churn_rate"),
}
_TITLES = {
    "orders": "Back-test: purchase days of the time held out",
    "value": "Back-test: amount of the time held out",
    "churn": "Back-test: who does not come back",
}

_HEADS = {
    "total_ratio": "ratio of totals",
    "top_decile_capture": "best tenth holds",
    "top_decile_lift": "lift of tenth",
}

Report = dict[str, list[dict[str, Any]]]


def report(connection: duckdb.DuckDBPyConnection) -> Report:
    """Rows by table: fits, parameters, back_test, reliability, deciles, drift."""
    fits = [one.fit_id for one in standing(connection, read_moment(connection).as_of).values()]
    return {
        "fits": _rows(connection, _FITS, {"fits": fits}),
        "parameters": _rows(connection, _PARAMETERS, {"fits": fits}),
        "back_test": _rows(connection, _QUALITY, {"fits": fits}),
        "reliability": _rows(connection, _BUCKETS, {"fits": fits, "kind": "reliability"}),
        "deciles": _rows(connection, _BUCKETS, {"fits": fits, "kind": "decile"}),
        "drift": _rows(connection, _DRIFT, {"fits": fits}),
    }


def _rows(connection: duckdb.DuckDBPyConnection, query: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    found = connection.execute(query, values)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def render(found: Report) -> list[RenderableType]:
    """The tables as a person reads them; those without a row are left out."""
    tables = [
        _table("Fits", found["fits"]),
        _table("Parameters", found["parameters"]),
        *(_table(_TITLES[target], _wide(found["back_test"], target)) for target in _TITLES),
        _table("Reliability of the model that scores", found["reliability"]),
        _table("Tenths of customers, the riskiest first", found["deciles"]),
        _table("Drift since the fit (PSI)", found["drift"]),
    ]
    return [table for table in tables if table.row_count]


def _wide(rows: list[dict[str, Any]], target: str) -> list[dict[str, Any]]:
    values = {(one["candidate"], one["measure"]): one["value"] for one in rows if one["target"] == target}
    candidates = dict.fromkeys(candidate for candidate, _ in values)
    return [{"candidate": name, **{m: values.get((name, m)) for m in _MEASURES[target]}} for name in candidates]


def _table(title: str, rows: list[dict[str, Any]]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for name in rows[0] if rows else ():
        justify: JustifyMethod = "right" if _is_number(rows, name) else "left"
        table.add_column(_HEADS.get(name, name).replace("_", " "), justify=justify, no_wrap=name == "candidate")
    for row in rows:
        table.add_row(*(_cell(value) for value in row.values()))
    return table


def _is_number(rows: list[dict[str, Any]], name: str) -> bool:
    return all(isinstance(row[name], int | float) or row[name] is None for row in rows)


def _cell(value: Any) -> str:
    if value is None:
        return "–"  # noqa: RUF001 - a dash for nothing
    return f"{value:,.4f}" if isinstance(value, float) else str(value)
