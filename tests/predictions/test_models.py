"""BG/NBD and Gamma-Gamma against what their authors published, and against lives drawn with known parameters."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import hyp2f1

from predictions._bg_nbd import BgNbd, expected_orders, fit_bg_nbd, probability_alive
from predictions._gamma_gamma import GammaGamma, expected_spend, fit_gamma_gamma
from tests.predictions.conftest import PUBLISHED, lives


def _one(value: float) -> np.ndarray:
    return np.array([float(value)])


def test_the_papers_customer_is_alive_with_727_and_buys_1_226_times() -> None:
    customer = _one(2), _one(30.43), _one(38.86)
    assert probability_alive(PUBLISHED, *customer)[0] == pytest.approx(0.7266, abs=5e-5)
    assert expected_orders(PUBLISHED, *customer, 39)[0] == pytest.approx(1.2259, abs=5e-5)


def test_who_bought_once_is_alive_for_sure() -> None:
    assert probability_alive(PUBLISHED, _one(0), _one(0), _one(1000))[0] == 1


@pytest.mark.skipif(find_spec("lifetimes") is None, reason="its CDNOW sample is not installed")
def test_the_fit_finds_the_published_parameters_of_cdnow() -> None:
    spec = find_spec("lifetimes")
    assert spec
    assert spec.submodule_search_locations
    folder = Path(spec.submodule_search_locations[0]) / "datasets"
    rows = np.genfromtxt(folder / "cdnow_customers_summary.csv", delimiter=",", skip_header=1)
    found = fit_bg_nbd(rows[:, 1], rows[:, 2], rows[:, 3])
    assert found.converged
    assert found.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    assert [found.model.r, found.model.alpha, found.model.a, found.model.b] == pytest.approx(
        [0.2426, 4.4135, 0.7929, 2.4258], abs=1e-3
    )
    spent = np.genfromtxt(folder / "cdnow_customers_summary_with_transactions.csv", delimiter=",", skip_header=1)
    spent = spent[spent[:, 1] > 0]
    spend = fit_gamma_gamma(spent[:, 1], spent[:, 4])
    assert [spend.model.p, spend.model.q, spend.model.v] == pytest.approx([6.25, 3.74, 15.44], abs=0.02)


def test_gamma_gammas_first_customer_spends_24_66_next_time() -> None:
    model = GammaGamma(6.25, 3.74, 15.44)
    assert expected_spend(model, _one(2), _one(22.35))[0] == pytest.approx(24.66, abs=0.01)
    assert expected_spend(model, _one(0), _one(999))[0] == pytest.approx(6.25 * 15.44 / 2.74)


def test_the_fit_finds_the_parameters_by_which_lives_were_drawn() -> None:
    true = BgNbd(0.8, 40.0, 0.9, 3.0)
    ages = np.random.default_rng(7).uniform(100, 700, 20_000)
    x, recency, _ = lives(true, ages, seed=8)
    found = fit_bg_nbd(x, recency, ages)
    assert found.converged
    assert found.model.r == pytest.approx(true.r, rel=0.1)
    assert found.model.alpha == pytest.approx(true.alpha, rel=0.1)
    assert found.model.a / (found.model.a + found.model.b) == pytest.approx(0.9 / 3.9, rel=0.1)


def test_what_is_expected_comes_on_average() -> None:
    model = BgNbd(0.8, 40.0, 0.9, 3.0)
    ages = np.full(20_000, 500.0)
    x, recency, later = lives(model, ages, seed=3, ahead=400)
    expected = expected_orders(model, x, recency, ages, 400)
    assert expected.sum() == pytest.approx(later.sum(), rel=0.05)
    some = (x > 2) & (x < 6)
    assert expected[some].sum() == pytest.approx(later[some].sum(), rel=0.1)


def test_spending_is_fitted_by_the_parameters_by_which_it_was_drawn() -> None:
    draw = np.random.default_rng(2)
    x = draw.integers(1, 20, 20_000).astype(float)
    means = draw.gamma(6.0 * x, 1 / (draw.gamma(4.0, 1 / 15.0, len(x)) * x))
    found = fit_gamma_gamma(x, means)
    assert found.converged
    assert found.model.p == pytest.approx(6.0, rel=0.1)
    assert found.model.q == pytest.approx(4.0, rel=0.1)
    assert found.model.v == pytest.approx(15.0, rel=0.15)


_MODELS = st.builds(
    BgNbd,
    r=st.just(0.5),
    alpha=st.just(20.0),
    a=st.floats(1.05, 5).filter(lambda a: abs(a - round(a)) > 0.01),
    b=st.floats(0.2, 5),
)


@given(model=_MODELS, x=st.integers(0, 30), age=st.integers(1, 4000), share=st.floats(0, 1), days=st.integers(1, 800))
def test_the_mean_over_p_is_the_papers_hypergeometric_function(
    model: BgNbd, x: int, age: int, share: float, days: int
) -> None:
    recency = age * share if x else 0.0
    z = days / (model.alpha + age + days)
    total = model.a + model.b + x - 1
    power = (1 - z) ** (model.r + x)
    unconditional = total / (model.a - 1) * (1 - power * hyp2f1(model.r + x, model.b + x, total, z))
    alive = probability_alive(model, _one(x), _one(recency), _one(age))[0]
    assert expected_orders(model, _one(x), _one(recency), _one(age), days)[0] == pytest.approx(
        unconditional * alive, rel=1e-6, abs=1e-12
    )


@given(x=st.integers(0, 3000), extra=st.integers(0, 700), a=st.floats(0.02, 20), b=st.floats(0.05, 50))
def test_it_stays_a_number_that_makes_sense_however_often_somebody_bought(
    x: int, extra: int, a: float, b: float
) -> None:
    model = BgNbd(0.3, 10.0, a, b)
    recency = float(x)
    age = recency + extra + 1
    week, year = (expected_orders(model, _one(x), _one(recency), _one(age), days)[0] for days in (7, 365))
    most = (model.r + x) / (model.alpha + age) * 365  # of somebody who never leaves
    assert 0 < week < year <= most * (1 + 1e-9)
