"""Predictions in one run of the pipeline: fitted between the models, scored after, in SQL as in Python."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from dagster import AssetKey

from orchestration.assets.models import model_assets
from orchestration.assets.predictions import predictions_asset
from orchestration.build_order import after_fits
from orchestration.dbt import Dbt
from orchestration.translator import FITS
from predictions import refresh
from predictions._bg_nbd import BgNbd, expected_orders, probability_alive
from predictions._churn import Weights, churn_risk
from predictions._gamma_gamma import GammaGamma, expected_spend
from predictions._read import read_examples
from warehouse import Settings, connect

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

pytestmark = pytest.mark.slow


def _parameters(connection: duckdb.DuckDBPyConnection, candidate: str) -> dict[str, float]:
    query = "select term, value from customer_360.prediction_parameters where candidate = ?"
    return dict(connection.execute(query, [candidate]).fetchall())


def _predictions(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "predictions", *arguments]
    variables = {**os.environ, **settings.environment()}
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)


def test_the_fit_stands_between_two_parts_and_each_test_belongs_to_one(built_warehouse: Settings) -> None:
    manifest = Dbt(built_warehouse).manifest()
    build, score = model_assets(built_warehouse, manifest, lambda _node: None)
    fit = predictions_asset(built_warehouse)
    assert fit.asset_deps[FITS] <= build.keys
    assert {key for key, needs in score.asset_deps.items() if FITS in needs} == {
        AssetKey(["customer_360", "fits_in_force"])
    }
    assert not any(needs & (score.keys | fit.keys) for needs in build.asset_deps.values())
    assert not build.check_keys & score.check_keys
    late = after_fits(manifest)
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and late & set(node["depends_on"]["nodes"]):
            assert node["attached_node"] in late, node["name"]


def test_the_first_run_fits_and_scores(built_warehouse: Settings) -> None:
    with connect(built_warehouse, read_only=True) as connection:
        fits = connection.execute(
            "select subject, cause, status from customer_360.prediction_fits order by 1"
        ).fetchall()
        [(buyers, scored, ranked, risks)] = connection.execute(
            "select count(*), count(predicted_clv), count(value_percentile), count(churn_risk)"
            " from customer_360.customers where orders_count > 0"
        ).fetchall()
        models = connection.execute(
            "select distinct clv_status, churn_model from customer_360.customers where orders_count > 0"
        ).fetchall()
    assert fits == [("churn", "first", "ok"), ("orders", "first", "ok"), ("spend", "first", "ok")]
    assert buyers == scored == ranked == risks > 1000
    assert models in ([("ok", "logistic_regression")], [("ok", "calibrated_gap_percentile")])


def test_everybody_has_the_value_that_the_formulas_of_the_papers_give(built_warehouse: Settings) -> None:
    with connect(built_warehouse, read_only=True) as connection:
        bg_nbd = BgNbd(**_parameters(connection, "bg_nbd"))
        gamma_gamma = GammaGamma(**_parameters(connection, "gamma_gamma"))
        rows = connection.execute(
            "select repeat_days, recency_days, age_days, coalesce(repeat_amount, 0), probability_alive,"
            " predicted_orders_12m, predicted_clv from customer_360.purchase_histories"
            " inner join customer_360.customer_predicted_value using (customer_id) where purpose = 'now'"
        ).fetchall()
        [(earned_share,)] = connection.execute(
            "select (select sum(historic_clv) from customer_360.customer_value)"
            " / (select sum(amount) from customer_360.purchase_days)"
        ).fetchall()
    x, recency, age, spend, alive, orders, value = np.array(rows, dtype=float).T
    assert alive == pytest.approx(probability_alive(bg_nbd, x, recency, age), abs=1e-6)
    up_to = [expected_orders(bg_nbd, x, recency, age, month * 365 / 12) for month in range(13)]
    assert orders == pytest.approx(up_to[12], abs=1e-4)
    discounted = sum((up_to[i] - up_to[i - 1]) / 1.1 ** (i / 12) for i in range(1, 13))
    expected = discounted * expected_spend(gamma_gamma, x, spend) * float(earned_share)
    assert value == pytest.approx(expected, rel=1e-4, abs=1e-3)


def test_everybody_has_the_risk_that_the_winner_gives_and_features_are_those_of_the_traits(
    built_warehouse: Settings,
) -> None:
    with connect(built_warehouse, read_only=True) as connection:
        terms = connection.execute(
            "select term, knot, upper, value from customer_360.prediction_parameters where is_used and knot is not null"
            " and candidate = (select any_value(churn_model) from customer_360.churn_scores)"
        ).fetchall()
        [(intercept,)] = connection.execute(
            "select value from customer_360.prediction_parameters where is_used and term = 'intercept'"
        ).fetchall()
        examples = read_examples(connection, "now")
        query = (
            "select churn_risk from customer_360.churn_scores"
            " inner join customer_360.churn_examples using (customer_id)"
            " where purpose = 'now' and not is_test order by md5(customer_id), customer_id"
        )
        scored = np.array(connection.execute(query).fetchall(), dtype=float)[:, 0]
        differing = connection.execute(
            "select count(*) from customer_360.churn_features"
            " inner join customer_360.customer_rhythm using (customer_id)"
            " where gap_percentile is distinct from coalesce(recency_gap_percentile, 0)"
        ).fetchall()
    assert scored == pytest.approx(churn_risk(Weights(intercept, tuple(terms)), examples.features), abs=2e-6)
    assert differing == [(0,)]


def test_a_second_fit_is_not_due_and_one_that_is_asked_for_is_added(built_warehouse: Settings) -> None:
    shown = _predictions(built_warehouse, "--json")
    assert shown.returncode == 0, shown.stderr
    found = json.loads(shown.stdout)
    assert found["fitted"] == {}
    assert {row["candidate"] for row in found["back_test"]} >= {"bg_nbd", "same_as_before", "population_mean"}
    assert refresh(built_warehouse, asked=True).statuses == {"orders": "ok", "spend": "ok", "churn": "ok"}
    with connect(built_warehouse, read_only=True) as connection:
        values = connection.execute(
            "select count(*), count(distinct value) from customer_360.prediction_parameters"
            " group by candidate, term, knot"
        ).fetchall()
    assert set(values) == {(2, 1)}  # the same customers give the same parameters


def test_it_prints_the_back_test_for_a_person(built_warehouse: Settings) -> None:
    shown = _predictions(built_warehouse)
    assert shown.returncode == 0, shown.stderr
    assert "Back-test: purchase days of the time held out" in shown.stdout
    assert "Nothing was due: the parameters stand." in shown.stdout


def test_without_a_warehouse_it_says_what_to_do(built_warehouse: Settings, tmp_path: Path) -> None:
    refused = _predictions(replace(built_warehouse, home=tmp_path / "nowhere"))
    assert refused.returncode == 1
    assert refused.stderr.startswith("There is no warehouse at ")
    empty = replace(built_warehouse, home=tmp_path)
    with connect(empty):
        pass
    refused = _predictions(empty)
    assert refused.returncode == 1
    assert refused.stderr.strip() == "There is nobody to learn from yet: run `kindred run` or `dbt build` first."
