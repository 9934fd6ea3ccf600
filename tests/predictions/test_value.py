"""When value is predicted, when it is refused, and what the back-test says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from predictions._measures import top_share
from predictions._value import fit_value
from tests.predictions.conftest import histories


def _statuses(known: object, history_days: int = 730) -> tuple[str, str]:
    orders, spend = fit_value(known, known, history_days)  # type: ignore[arg-type]
    return orders.status, spend.status


def test_enough_customers_of_enough_time_are_fitted() -> None:
    orders, spend = fit_value(histories(), histories(seed=2), 365)
    assert (orders.status, spend.status) == ("ok", "ok")
    assert [term.name for term in orders.terms + spend.terms] == ["r", "alpha", "a", "b", "p", "q", "v"]


def test_too_few_customers_are_refused() -> None:
    assert _statuses(histories(100)) == ("insufficient_data: too few customers", "insufficient_data: too few customers")


def test_many_who_never_came_back_are_too_few_as_well() -> None:
    known = histories(x=np.zeros(2000))
    assert _statuses(known) == ("insufficient_data: too few customers", "insufficient_data: too few customers")


def test_a_day_less_than_a_year_is_too_short() -> None:
    assert _statuses(histories(), 364) == ("insufficient_data: too short a history", "ok")


def test_customers_who_never_leave_have_no_chance_of_leaving_to_be_found() -> None:
    x = np.full(2000, 5.0)
    known = replace(histories(x=x), recency=histories().age)
    status, _ = _statuses(known)
    assert status == "insufficient_data: no convergence"


@pytest.mark.parametrize("sign", [1, -1])
def test_spending_that_goes_with_frequency_is_refused(sign: int) -> None:
    known = histories()
    tied = replace(known, spend=np.where(known.x > 0, 300 + sign * 10 * np.minimum(known.x, 25), 0.0))
    assert _statuses(tied)[1] == "insufficient_data: spend depends on frequency"


def test_means_that_have_no_mean_are_refused() -> None:
    known = histories()
    draw = np.random.default_rng(4)
    spend = draw.gamma(6.0 * np.maximum(known.x, 1), 15.0 / draw.gamma(0.7, 1.0, len(known.x)))
    wild = replace(known, spend=np.where(known.x > 0, spend / np.maximum(known.x, 1), 0.0))
    assert _statuses(wild)[1] == "insufficient_data: infinite mean spend"


def test_the_back_test_names_the_models_and_both_who_do_not_think() -> None:
    orders, spend = fit_value(histories(), histories(seed=2), 730)
    values = {(one.candidate, one.name): one.value for one in orders.measures if one.target == "orders"}
    assert {candidate for candidate, _ in values} == {"bg_nbd", "same_as_before", "population_mean"}
    assert values["same_as_before", "mae"] == 0  # these lives go on as they were
    assert values["same_as_before", "rank_correlation"] == pytest.approx(1)
    assert values["same_as_before", "total_ratio"] == pytest.approx(1)
    assert values["population_mean", "rank_correlation"] is None
    assert values["population_mean", "top_decile_capture"] == pytest.approx(0.1)
    assert values["population_mean", "bias"] == pytest.approx(0)
    assert {one.candidate for one in spend.measures if one.target == "value"} == {
        "gamma_gamma",
        "same_as_before",
        "population_mean",
    }


def test_those_who_tie_at_the_edge_of_the_best_tenth_count_in_part() -> None:
    predicted = np.array([9.0, 5, 5, 5, 5, 0, 0, 0, 0, 0] * 2)
    actual = np.array([10.0, 1, 2, 3, 4, 0, 0, 0, 0, 0] * 2)
    assert top_share(predicted, actual, 0.1) == pytest.approx(20 / 40)
    assert top_share(predicted, actual, 0.3) == pytest.approx((20 + 20 * 4 / 8) / 40)
    assert top_share(predicted, actual * 0, 0.1) is None
