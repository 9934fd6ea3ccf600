"""When a model is fitted again, and what the ledger keeps."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import duckdb
import pytest

from predictions._fits import Bucket, Fit, Measure, Term
from predictions._ledger import append, causes, standing
from predictions._read import Moment

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = datetime(2026, 7, 1)  # noqa: DTZ001 - as_of is UTC without a zone
_TABLES = """
create schema customer_360;
create table customer_360.prediction_fits (
    fit_id text, subject text, fitted_as_of timestamp, fitted_at timestamp, cause text, status text, detail text,
    customers_count bigint, history_days bigint, method text
);
create table customer_360.prediction_parameters (
    fit_id text, candidate text, is_used boolean, term text, knot double, upper double, value double
);
create table customer_360.prediction_quality (
    fit_id text, candidate text, target text, measure text, value double
);
create table customer_360.prediction_buckets (
    fit_id text, candidate text, kind text, bucket bigint, lower_bound double, customers_count bigint,
    predicted double, observed double
);
create table customer_360.prediction_drift (
    measured_as_of timestamp, fit_id text, feature text, psi decimal(12, 6)
);
"""


@pytest.fixture
def ledger() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(_TABLES)
        yield connection


def _fit(connection: duckdb.DuckDBPyConnection, as_of: datetime, subject: str, status: str = "ok") -> None:
    fit = Fit(
        subject,
        status,
        "detail",
        7,
        (Term("model", "a", 0.5), Term("model", "visits", 0.25, 1.0, 2.0, is_used=False)),
        (Measure("model", "churn", "auc", 0.75), Measure("model", "churn", "none", None)),
        (Bucket("visits", "reference", 1, None, 7, None, 1.0),),
    )
    append(connection, Moment(as_of, 730), [fit], {subject: "first"})


def _fit_all(connection: duckdb.DuckDBPyConnection, as_of: datetime) -> None:
    for subject in ("orders", "spend", "churn"):
        _fit(connection, as_of, subject)


def _drifted(connection: duckdb.DuckDBPyConnection, measured: datetime, psi: float, feature: str = "score") -> None:
    fit_id = standing(connection, measured)["churn"].fit_id
    connection.execute(
        "insert into customer_360.prediction_drift values (?, ?, ?, ?)", [measured, fit_id, feature, psi]
    )


def _due(connection: duckdb.DuckDBPyConnection, as_of: datetime) -> dict[str, str]:
    return causes(connection, as_of, asked=False)


def test_what_was_never_fitted_is_fitted_and_then_kept(ledger: duckdb.DuckDBPyConnection) -> None:
    assert _due(ledger, DAY) == {"orders": "first", "spend": "first", "churn": "first"}
    _fit_all(ledger, DAY)
    assert _due(ledger, DAY) == {}
    assert _due(ledger, DAY + timedelta(days=29, hours=23)) == {}
    assert causes(ledger, DAY, asked=True) == {"orders": "asked", "spend": "asked", "churn": "asked"}


def test_a_month_later_everything_is_due(ledger: duckdb.DuckDBPyConnection) -> None:
    _fit_all(ledger, DAY)
    assert _due(ledger, DAY + timedelta(days=30)) == {"orders": "due", "spend": "due", "churn": "due"}


def test_what_was_refused_is_tried_again_after_a_week_alone(ledger: duckdb.DuckDBPyConnection) -> None:
    _fit_all(ledger, DAY)
    _fit(ledger, DAY, "spend", "insufficient_data: spend depends on frequency")
    assert _due(ledger, DAY + timedelta(days=6)) == {}
    assert _due(ledger, DAY + timedelta(days=7)) == {"spend": "retry"}


def test_a_score_that_has_drifted_is_fitted_again_but_not_for_a_feature_nor_twice(
    ledger: duckdb.DuckDBPyConnection,
) -> None:
    _fit_all(ledger, DAY)
    _drifted(ledger, DAY + timedelta(days=1), 0.9, "silent_days")
    _drifted(ledger, DAY + timedelta(days=1), 0.25)
    assert _due(ledger, DAY + timedelta(days=2)) == {}
    _drifted(ledger, DAY + timedelta(days=2), 0.26)
    assert _due(ledger, DAY + timedelta(days=2)) == {}  # the day itself, built again, must come to the same end
    assert _due(ledger, DAY + timedelta(days=3)) == {"churn": "drift"}
    _fit(ledger, DAY + timedelta(days=3), "churn")
    assert _due(ledger, DAY + timedelta(days=4)) == {}


def test_a_past_day_has_its_own_and_what_was_fitted_later_does_not_count(ledger: duckdb.DuckDBPyConnection) -> None:
    _fit_all(ledger, DAY)
    _fit_all(ledger, DAY + timedelta(days=30))
    assert standing(ledger, DAY + timedelta(days=10))["orders"].fitted_as_of == DAY
    assert _due(ledger, DAY + timedelta(days=10)) == {}
    assert set(_due(ledger, DAY - timedelta(days=1)).values()) == {"first"}


def test_nothing_that_stands_is_changed_and_the_last_of_a_day_counts(ledger: duckdb.DuckDBPyConnection) -> None:
    _fit(ledger, DAY, "orders")
    before = ledger.execute("select * from customer_360.prediction_fits").fetchall()
    _fit(ledger, DAY, "orders", "insufficient_data: no convergence")
    after = ledger.execute("select * from customer_360.prediction_fits order by fit_id").fetchall()
    assert after[: len(before)] == before
    assert standing(ledger, DAY)["orders"].fit_id == "orders 2026-07-01 00:00:00 #2"
    rows = ledger.execute("from customer_360.prediction_parameters order by all").fetchall()
    assert ("orders 2026-07-01 00:00:00 #1", "model", True, "a", None, None, 0.5) in rows
    assert ("orders 2026-07-01 00:00:00 #2", "model", False, "visits", 1.0, 2.0, 0.25) in rows
    assert ledger.execute("select value from customer_360.prediction_quality order by 1").fetchall()[0] == (0.75,)
    assert ledger.execute("select distinct observed from customer_360.prediction_buckets").fetchall() == [(1.0,)]


def test_fits_go_in_whole_or_not_at_all(ledger: duckdb.DuckDBPyConnection) -> None:
    ledger.execute("drop table customer_360.prediction_quality")
    with pytest.raises(duckdb.CatalogException):
        _fit(ledger, DAY, "orders")
    ledger.rollback()
    assert ledger.execute("select count(*) from customer_360.prediction_fits").fetchall() == [(0,)]
