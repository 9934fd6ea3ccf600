"""How often and for how much: fit BG/NBD and Gamma-Gamma, refuse a guess, and look back at a year that is known."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from predictions._bg_nbd import expected_orders, fit_bg_nbd
from predictions._fits import OK, Fit, Measure, Term, refused
from predictions._gamma_gamma import expected_spend, fit_gamma_gamma
from predictions._measures import amount_measures

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from predictions._bg_nbd import BgNbd
    from predictions._gamma_gamma import GammaGamma
    from predictions._likelihood import Likelihood
    from predictions._read import Histories

    Floats = NDArray[np.float64]

LEAST_BUYERS = 300
LEAST_REPEATERS = 100
"""Fewer customers do not tell four parameters from one another."""
LEAST_HISTORY_DAYS = 365
"""A year to come is not told from less than a year that was: the seasons would be missing."""
MOST_CORRELATION = 0.3
"""Above it spending depends on frequency, which Gamma-Gamma rules out (Fader and Hardie 2013, section 3)."""


def fit_value(now: Histories, held_out: Histories, history_days: int) -> tuple[Fit, Fit]:
    """Fit both models on everybody, and measure the same procedure on what was held out.

    Args:
        now: the customers as of now.
        held_out: the customers of an earlier moment, with what came after it.
        history_days: days of purchases that there are.

    Returns:
        The fits of orders and of spend.
    """
    orders, bg_nbd = _fit_orders(now, history_days)
    spend, gamma_gamma = _fit_spend(now)
    if bg_nbd is None:
        return orders, spend
    measures = _back_test(held_out)
    return (
        _with(orders, _model_measures("bg_nbd", bg_nbd), measures, "orders"),
        _with(spend, _model_measures("gamma_gamma", gamma_gamma), measures, "value"),
    )


def _with(fit: Fit, own: tuple[Measure, ...], measures: tuple[Measure, ...], target: str) -> Fit:
    back_test = tuple(one for one in measures if one.target == target)
    return Fit(fit.subject, fit.status, fit.detail, fit.customers, fit.terms, own + back_test)


def _fit_orders(known: Histories, history_days: int) -> tuple[Fit, Likelihood[BgNbd] | None]:
    buyers, repeaters = len(known.x), int((known.x > 0).sum())
    counts = f"{buyers} customers, {repeaters} of whom came back, in {history_days} days"
    if buyers < LEAST_BUYERS or repeaters < LEAST_REPEATERS:
        return refused("orders", "too few customers", counts, buyers), None
    if history_days < LEAST_HISTORY_DAYS:
        return refused("orders", "too short a history", counts, buyers), None
    found = fit_bg_nbd(known.x, known.recency, known.age)
    if not found.converged:
        return refused("orders", "no convergence", f"{counts}: {_numbers(found.model)}", buyers), None
    return Fit("orders", OK, counts, buyers, _terms("bg_nbd", found.model)), found


def _fit_spend(known: Histories) -> tuple[Fit, Likelihood[GammaGamma] | None]:
    some = (known.x > 0) & (known.spend > 0)
    x, spend = known.x[some], known.spend[some]
    if len(x) < LEAST_REPEATERS:
        return refused("spend", "too few customers", f"{len(x)} customers came back", len(x)), None
    correlation = _correlation(x, spend)
    detail = f"{len(x)} customers came back; correlation of days and amounts {correlation:+.3f}"
    if abs(correlation) > MOST_CORRELATION:
        return refused("spend", "spend depends on frequency", detail, len(x)), None
    found = fit_gamma_gamma(x, spend)
    if not found.converged:
        return refused("spend", "no convergence", f"{detail}: {_numbers(found.model)}", len(x)), None
    if found.model.q <= 1:
        return refused("spend", "infinite mean spend", f"{detail}; q {found.model.q:.3f}", len(x)), None
    return Fit("spend", OK, detail, len(x), _terms("gamma_gamma", found.model)), found


def _correlation(x: Floats, spend: Floats) -> float:
    """Pearson's; none where everybody came or spent the same."""
    return float(np.corrcoef(x, spend)[0, 1]) if np.ptp(x) and np.ptp(spend) else 0.0


def _terms(candidate: str, model: BgNbd | GammaGamma) -> tuple[Term, ...]:
    return tuple(Term(candidate, name, value) for name, value in asdict(model).items())


def _numbers(model: BgNbd | GammaGamma) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in asdict(model).items())


def _model_measures(candidate: str, found: Likelihood[BgNbd] | Likelihood[GammaGamma] | None) -> tuple[Measure, ...]:
    return (Measure(candidate, "fit", "log_likelihood", found.log_likelihood),) if found else ()


def _back_test(held_out: Histories) -> tuple[Measure, ...]:
    """What would have been predicted at that moment, by the models and by two who do not think, against what came."""
    _, bg_nbd = _fit_orders(held_out, LEAST_HISTORY_DAYS)  # half the history must do for the test
    _, gamma_gamma = _fit_spend(held_out)
    if bg_nbd is None:
        return ()
    naive = (("same_as_before", held_out.recent_days, held_out.recent_amount), _mean_of_everybody(held_out))
    days = expected_orders(bg_nbd.model, held_out.x, held_out.recency, held_out.age, held_out.horizon_days)
    measures = amount_measures("bg_nbd", "orders", days, held_out.outcome_days)
    for candidate, recent_days, recent_amount in naive:
        measures += amount_measures(candidate, "orders", recent_days, held_out.outcome_days)
        measures += amount_measures(candidate, "value", recent_amount, held_out.outcome_amount)
    if gamma_gamma:
        amount = days * expected_spend(gamma_gamma.model, held_out.x, held_out.spend)
        measures += amount_measures("gamma_gamma", "value", amount, held_out.outcome_amount)
    return measures


def _mean_of_everybody(held_out: Histories) -> tuple[str, Floats, Floats]:
    everybody = np.ones(len(held_out.x))
    return "population_mean", everybody * held_out.recent_days.mean(), everybody * held_out.recent_amount.mean()
