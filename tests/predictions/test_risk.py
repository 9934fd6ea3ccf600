"""Churn: who wins, what a model may say beyond what it learnt from, and how probabilities are judged."""

from __future__ import annotations

import numpy as np
import pytest

from predictions._churn import churn_risk, fit_churn
from predictions._measures import churn_measures, deciles, reference, reliability
from predictions._read import Examples
from predictions._risk import fit_risk


def _examples(count: int, seed: int, *, visits_matter: bool) -> Examples:
    draw = np.random.default_rng(seed)
    gap, visits = draw.uniform(0, 1, count), draw.uniform(0, 3, count)
    log_odds = 4 * gap - 2 + (2 - 2 * visits if visits_matter else 0)
    return Examples({"gap_percentile": gap, "visits": visits}, draw.uniform(size=count) < 1 / (1 + np.exp(-log_odds)))


def test_what_tells_more_than_the_silence_wins() -> None:
    train, test = (_examples(3000, seed, visits_matter=True) for seed in (1, 2))
    fit = fit_risk(train, test, test)
    assert fit.status == "ok"
    assert {term.candidate for term in fit.terms if term.is_used} == {"logistic_regression"}
    by_name = {(one.candidate, one.name): one.value or 0 for one in fit.measures}
    assert by_name["logistic_regression", "auc"] > by_name["calibrated_gap_percentile", "auc"] + 0.05
    assert by_name["logistic_regression", "brier"] < by_name["calibrated_gap_percentile", "brier"]


def test_what_was_true_before_and_is_no_more_loses() -> None:
    train, test = _examples(3000, 1, visits_matter=True), _examples(3000, 2, visits_matter=False)
    fit = fit_risk(train, test, test)
    assert {term.candidate for term in fit.terms if term.is_used} == {"calibrated_gap_percentile"}


def test_it_is_refused_where_nearly_everybody_came_back() -> None:
    train = _examples(3000, 1, visits_matter=True)
    loyal = Examples(train.features, np.arange(3000) < 99)
    assert fit_risk(train, loyal, loyal).status == "insufficient_data: too few customers"
    assert fit_risk(loyal, train, train).status == "insufficient_data: too few customers"
    assert fit_risk(train, Examples(train.features, np.arange(3000) < 100), train).status == "ok"


def test_the_same_customers_give_the_same_weights() -> None:
    one = _examples(500, 1, visits_matter=True)
    assert one.churned is not None
    assert fit_churn(one.features, one.churned) == fit_churn(one.features, one.churned)


def test_beyond_what_was_learnt_from_the_line_is_flat() -> None:
    one = _examples(2000, 1, visits_matter=True)
    assert one.churned is not None
    model = fit_churn(one.features, one.churned)
    high, low = float(one.features["visits"].max()), float(one.features["visits"].min())
    visits = np.array([low - 100, low, high, high + 100])
    risk = churn_risk(model, {"gap_percentile": np.full(4, 0.5), "visits": visits})
    assert risk[0] == risk[1]
    assert risk[2] == risk[3]
    assert risk[1] > risk[2] + 0.3


def test_a_feature_that_is_the_same_for_everybody_says_nothing() -> None:
    one = _examples(500, 1, visits_matter=True)
    assert one.churned is not None
    model = fit_churn({**one.features, "never": np.zeros(500)}, one.churned)
    assert "never" not in {name for name, *_ in model.terms}


def test_the_measures_of_four_customers_by_hand() -> None:
    risk, churned = np.array([0.9, 0.8, 0.2, 0.1]), np.array([True, False, True, False])
    by_name = {one.name: one.value for one in churn_measures("m", risk, churned)}
    assert by_name["auc"] == pytest.approx(3 / 4)
    assert by_name["brier"] == pytest.approx((0.01 + 0.64 + 0.64 + 0.01) / 4)
    assert by_name["calibration_error"] == pytest.approx((0.1 + 0.8 + 0.8 + 0.1) / 4)
    assert by_name["churn_rate"] == 0.5
    steps = [(one.number, one.customers, one.observed) for one in reliability("m", risk, churned.astype(float))]
    assert steps == [(2, 1, 0.0), (3, 1, 1.0), (9, 1, 0.0), (10, 1, 1.0)]


def test_the_first_tenth_is_the_riskiest() -> None:
    risk = np.arange(20) / 20
    first, *_, last = deciles("m", risk, (risk > 0.5).astype(float))
    assert (first.number, first.customers, first.observed, first.lower_bound) == (1, 2, 1.0, 0.9)
    assert (last.number, last.observed) == (10, 0.0)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0] * 95 + [1.0] * 3 + [2.0] * 2, [(None, 95), (1.0, 5)]),
        ([0.0] * 50 + [1.0] * 50, [(None, 50), (1.0, 50)]),
        ([3.0] * 100, [(None, 100)]),
        (list(range(20)), [(None, 2), *((float(edge), 2) for edge in range(2, 20, 2))]),
    ],
)
def test_values_that_repeat_make_fewer_tenths_and_no_empty_one(
    values: list[float], expected: list[tuple[float | None, int]]
) -> None:
    buckets = reference("feature", np.array(values, dtype=float))
    assert [(one.lower_bound, one.customers) for one in buckets] == expected
    assert sum(one.observed or 0 for one in buckets) == pytest.approx(1)
