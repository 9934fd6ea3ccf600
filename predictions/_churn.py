"""Who will not come back: a logistic regression over bent lines, which is a table of weights.

A feature's effect is a line that may bend at a few knots and is flat outside of what was learnt from; the weights are
added up to log-odds. Such a model is read, moved and scored in SQL like any table: see the model churn_scores.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_SHARES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_LEAST_WIDTH = 0.1
_PENALTY = 0.1


@dataclass(frozen=True)
class Weights:
    """A fitted model.

    Attributes:
        intercept: the log-odds of churn before any term.
        terms: feature, knot, upper, weight: log-odds per unit that the feature has above knot, counted up to upper.
    """

    intercept: float
    terms: tuple[tuple[str, float, float, float], ...]


def fit_churn(features: dict[str, Floats], churned: NDArray[np.bool_]) -> Weights:
    """Learn the weights.

    Args:
        features: each of shape (n,).
        churned: who did not come back, shape (n,); some did and some did not.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - a second that most commands do without

    places = [(name, *piece) for name, values in features.items() for piece in _pieces(values)]
    columns = np.column_stack([_within(features[name], knot, upper) for name, knot, upper in places])
    spread = columns.std(axis=0)
    fitted = LogisticRegression(C=_PENALTY, max_iter=2000).fit((columns - columns.mean(axis=0)) / spread, churned)
    weights = fitted.coef_[0] / spread
    intercept = float(fitted.intercept_[0] - weights @ columns.mean(axis=0))
    return Weights(intercept, tuple((*place, float(weight)) for place, weight in zip(places, weights, strict=True)))


def churn_risk(model: Weights, features: dict[str, Floats]) -> Floats:
    """The probability that each customer does not come back, shape (n,)."""
    first = next(iter(features.values()))
    log_odds = np.full(len(first), model.intercept)
    for name, knot, upper, weight in model.terms:
        log_odds += weight * _within(features[name], knot, upper)
    result: Floats = expit(log_odds)
    return result


def _within(values: Floats, knot: float, upper: float) -> Floats:
    result: Floats = np.clip(values, knot, upper) - knot
    return result


def _pieces(values: Floats) -> list[tuple[float, float]]:
    """From each knot to the next: at every fifth of the customers, but no closer than a tenth of the range."""
    low, high = float(values.min()), float(values.max())
    knots = [low]
    for knot in np.quantile(values, _SHARES, method="lower"):
        if knot - knots[-1] >= _LEAST_WIDTH * (high - low) and high - knot >= _LEAST_WIDTH * (high - low):
            knots.append(float(knot))
    return [piece for piece in zip(knots, [*knots[1:], high], strict=True) if piece[1] > piece[0]]
