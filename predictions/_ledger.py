"""The history of fits: four tables that dbt makes, that models read, and to which only this module appends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from predictions._fits import OK

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

    from predictions._fits import Fit
    from predictions._read import Moment

SUBJECTS = ("orders", "spend", "churn")
REFIT_AFTER = timedelta(days=30)
RETRY_AFTER = timedelta(days=7)
MOST_DRIFT = 0.25
"""A population stability index above it is the usual word for a population that is no longer the same."""

_STANDING = """
select subject, fit_id, fitted_as_of, status
from customer_360.prediction_fits
where fitted_as_of <= $as_of
qualify row_number() over (partition by subject order by fitted_as_of desc, fitted_at desc, fit_id desc) = 1
"""
_DRIFT = """
select max_by(psi, measured_as_of) from customer_360.prediction_drift
where fit_id = $fit_id and feature = 'score' and measured_as_of < $as_of
"""
_ATTEMPTS = "select count(*) from customer_360.prediction_fits where subject = $subject and fitted_as_of = $as_of"


@dataclass(frozen=True)
class Standing:
    """The last attempt of a subject by an as_of."""

    fit_id: str
    fitted_as_of: datetime
    status: str


def standing(connection: duckdb.DuckDBPyConnection, as_of: datetime) -> dict[str, Standing]:
    """The fits that count on a day, by subject."""
    rows = connection.execute(_STANDING, {"as_of": as_of}).fetchall()
    return {subject: Standing(*rest) for subject, *rest in rows}


def causes(connection: duckdb.DuckDBPyConnection, as_of: datetime, *, asked: bool) -> dict[str, str]:
    """Which subjects are to be fitted, and why; the others keep their parameters.

    What was measured on the as_of itself does not count: the same day, built again, must not come to another end.
    """
    if asked:
        return dict.fromkeys(SUBJECTS, "asked")
    stand = standing(connection, as_of)
    found = {subject: _cause(connection, stand.get(subject), as_of) for subject in SUBJECTS}
    return {subject: cause for subject, cause in found.items() if cause}


def _cause(connection: duckdb.DuckDBPyConnection, stands: Standing | None, as_of: datetime) -> str | None:
    if stands is None:
        return "first"
    age = as_of - stands.fitted_as_of
    if stands.status != OK:
        return "retry" if age >= RETRY_AFTER else None
    if age >= REFIT_AFTER:
        return "due"
    return "drift" if _drift(connection, stands.fit_id, as_of) > MOST_DRIFT else None


def _drift(connection: duckdb.DuckDBPyConnection, fit_id: str, as_of: datetime) -> float:
    [(psi,)] = connection.execute(_DRIFT, {"fit_id": fit_id, "as_of": as_of}).fetchall()
    return float(psi or 0)


def append(connection: duckdb.DuckDBPyConnection, moment: Moment, fits: Iterable[Fit], why: dict[str, str]) -> None:
    """Add fits, all or none; nothing that stands is changed."""
    now = datetime.now(UTC).replace(tzinfo=None)
    named = [(fit, _fit_id(connection, fit.subject, moment.as_of)) for fit in fits]
    tables = {
        "prediction_fits": [_attempt(fit, key, moment, why[fit.subject], now) for fit, key in named],
        "prediction_parameters": [row for fit, key in named for row in _parameters(fit, key)],
        "prediction_quality": [row for fit, key in named for row in _quality(fit, key)],
        "prediction_buckets": [row for fit, key in named for row in _buckets(fit, key)],
    }
    connection.begin()
    for table, rows in tables.items():
        _insert(connection, table, rows)
    connection.commit()


def _fit_id(connection: duckdb.DuckDBPyConnection, subject: str, as_of: datetime) -> str:
    [(attempts,)] = connection.execute(_ATTEMPTS, {"subject": subject, "as_of": as_of}).fetchall()
    return f"{subject} {as_of:%Y-%m-%d %H:%M:%S} #{attempts + 1}"


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    connection.register("new_rows", pa.Table.from_pylist(rows))
    try:
        connection.execute(f"insert into customer_360.{table} by name select * from new_rows")
    finally:
        connection.unregister("new_rows")


def _attempt(fit: Fit, fit_id: str, moment: Moment, cause: str, now: datetime) -> dict[str, Any]:
    libraries = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "scikit-learn"))
    return {
        "fit_id": fit_id,
        "subject": fit.subject,
        "fitted_as_of": moment.as_of,
        "fitted_at": now,
        "cause": cause,
        "status": fit.status,
        "detail": fit.detail,
        "customers_count": fit.customers,
        "history_days": moment.history_days,
        "method": libraries,
    }


def _parameters(fit: Fit, fit_id: str) -> list[dict[str, Any]]:
    return [
        {
            "fit_id": fit_id,
            "candidate": one.candidate,
            "is_used": one.is_used,
            "term": one.name,
            "knot": one.knot,
            "upper": one.upper,
            "value": one.value,
        }
        for one in fit.terms
    ]


def _quality(fit: Fit, fit_id: str) -> list[dict[str, Any]]:
    return [
        {"fit_id": fit_id, "candidate": one.candidate, "target": one.target, "measure": one.name, "value": one.value}
        for one in fit.measures
    ]


def _buckets(fit: Fit, fit_id: str) -> list[dict[str, Any]]:
    return [
        {
            "fit_id": fit_id,
            "candidate": one.candidate,
            "kind": one.kind,
            "bucket": one.number,
            "lower_bound": one.lower_bound,
            "customers_count": one.customers,
            "predicted": one.predicted,
            "observed": one.observed,
        }
        for one in fit.buckets
    ]
