"""How often customers buy, and whether they still do: BG/NBD.

Fader, Hardie and Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2). A customer buys at random
with a rate of their own (rates are gamma distributed: r, alpha) and leaves after a purchase with a probability of their
own (beta distributed: a, b). Times are in days.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaln, gammaln

from predictions._likelihood import Likelihood, maximise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_NODES = 121


@dataclass(frozen=True)
class BgNbd:
    """The four parameters.

    Attributes:
        r: the shape of the rates of purchase.
        alpha: the scale of the rates of purchase, in days.
        a: the first shape of the probabilities of leaving.
        b: the second shape of the probabilities of leaving.
    """

    r: float
    alpha: float
    a: float
    b: float


def fit_bg_nbd(x: Floats, recency: Floats, age: Floats) -> Likelihood[BgNbd]:
    """The parameters under which these histories are most likely.

    Args:
        x: repeat purchase days of each customer, shape (n,).
        recency: days from the first to the last purchase, shape (n,).
        age: days since the first purchase, shape (n,).
    """
    histories, counts = np.unique(np.column_stack([x, recency, age]), axis=0, return_counts=True)
    unit = float(np.median(age)) or 1.0  # days of the order of one keep the search well scaled
    x, recency, age = histories[:, 0], histories[:, 1] / unit, histories[:, 2] / unit

    def log_likelihood(logs: Floats) -> float:
        return float(counts @ _log_likelihood(np.exp(logs), x, recency, age))

    found = maximise(log_likelihood, starts=((0.25, 0.1, 0.8, 2.5), (1.0, 1.0, 0.3, 1.0), (0.5, 0.3, 0.1, 0.5)))
    r, alpha, a, b = found.values
    # the likelihood of times in days is that of times in units, divided by the unit once per repeat purchase
    in_days = found.log_likelihood - float(counts @ x) * float(np.log(unit))
    return Likelihood(BgNbd(r, alpha * unit, a, b), in_days, converged=found.converged)


def _log_likelihood(parameters: Floats, x: Floats, recency: Floats, age: Floats) -> Floats:
    """Equation 6 of the paper, in logarithms, in the form of Hardie's note of 2005 on its numerical evaluation."""
    r, alpha, a, b = parameters
    rate = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    staying = betaln(a, b + x) - betaln(a, b)
    alive = -(r + x) * np.log(alpha + age)
    gone = np.log(a) - np.log(np.maximum(b + x - 1, 1e-300)) - (r + x) * np.log(alpha + recency)
    result: Floats = rate + staying + np.where(x > 0, np.logaddexp(alive, gone), alive)
    return result


def probability_alive(model: BgNbd, x: Floats, recency: Floats, age: Floats) -> Floats:
    """The probability that each customer has not left for good, shape (n,); 1 for those who bought once."""
    odds_gone = np.exp(
        np.log(model.a)
        - np.log(np.where(x > 0, model.b + x - 1, 1.0))
        + (model.r + x) * (np.log(model.alpha + age) - np.log(model.alpha + recency))
    )
    result: Floats = np.where(x > 0, 1 / (1 + odds_gone), 1.0)
    return result


def expected_orders(model: BgNbd, x: Floats, recency: Floats, age: Floats, days: float) -> Floats:
    """How many purchase days are expected of each customer in the days to come, shape (n,).

    Equation 10 of the paper. Its hypergeometric function loses all digits where x is large, so the mean is taken over
    what is known of a living customer's probability of leaving p, which is Beta(a, b + x): the expected number is
    (1 - (1 + p·days / (alpha + age))^-(r + x)) / p. Every term is positive, so nothing cancels.
    """
    pairs, place = np.unique(np.column_stack([x, age]), axis=0, return_inverse=True)
    living = np.concatenate([_orders_if_alive(model, chunk, days) for chunk in np.array_split(pairs, _chunks(pairs))])
    result: Floats = probability_alive(model, x, recency, age) * living[place.reshape(-1)]
    return result


def _chunks(pairs: Floats) -> int:
    return max(1, len(pairs) // 10_000)


def _orders_if_alive(model: BgNbd, pairs: Floats, days: float) -> Floats:
    """The mean by the trapezoidal rule over u, the log-odds of p, from its likeliest value outwards in steps that grow.

    The model clv_expected_orders scores everybody by the same rule in SQL; a test holds the two equal.
    """
    x, age = pairs[:, :1], pairs[:, 1:]
    likeliest = np.log(model.a / (model.b + x))
    left, right = np.arcsinh(25 / model.a), np.arcsinh(25 / (model.b + x) + 10)
    step = -left + (left + right) * np.arange(_NODES) / (_NODES - 1)
    u = likeliest + np.sinh(step)
    shares = model.a * (u - likeliest) - (model.a + model.b + x) * (_log1p_exp(u) - _log1p_exp(likeliest))
    weight = np.exp(shares) * np.cosh(step)
    leaves = np.maximum(1 / (1 + np.exp(-np.maximum(u, -30))), 1e-12)
    orders = -np.expm1(-(model.r + x) * np.log1p(leaves * days / (model.alpha + age))) / leaves
    result: Floats = (weight * orders).sum(axis=1) / weight.sum(axis=1)
    return result


def _log1p_exp(u: Floats) -> Floats:
    result: Floats = np.logaddexp(0.0, u)
    return result
