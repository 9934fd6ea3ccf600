"""How much customers spend on a purchase day: Gamma-Gamma.

Fader and Hardie (2013), "The Gamma-Gamma Model of Monetary Value". What a customer spends varies around a mean of their
own (gamma, shape p), and these means vary among customers (q, v). It holds only if spending and frequency have nothing
to do with one another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln

from predictions._likelihood import Likelihood, maximise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class GammaGamma:
    """The three parameters.

    Attributes:
        p: the shape of one customer's spending.
        q: the shape of the means among customers; with 1 or less their mean is infinite.
        v: the scale of the means among customers, in money.
    """

    p: float
    q: float
    v: float


def fit_gamma_gamma(x: Floats, spend: Floats) -> Likelihood[GammaGamma]:
    """The parameters under which these means are most likely.

    Args:
        x: repeat purchase days of each customer, 1 or more, shape (n,).
        spend: their mean amount on those days, above zero, shape (n,).
    """
    unit = float(np.median(spend))
    scaled = spend / unit

    def log_likelihood(logs: Floats) -> float:
        return float(_log_likelihood(np.exp(logs), x, scaled).sum())

    found = maximise(log_likelihood, starts=((6.0, 4.0, 0.5), (1.0, 2.0, 1.0), (20.0, 10.0, 0.5)))
    p, q, v = found.values
    in_money = found.log_likelihood - len(x) * float(np.log(unit))
    return Likelihood(GammaGamma(p, q, v * unit), in_money, converged=found.converged)


def _log_likelihood(parameters: Floats, x: Floats, spend: Floats) -> Floats:
    """Equation 1a of the paper, in logarithms."""
    p, q, v = parameters
    result: Floats = (
        gammaln(p * x + q)
        - gammaln(p * x)
        - gammaln(q)
        + q * np.log(v)
        + (p * x - 1) * np.log(spend)
        + p * x * np.log(x)
        - (p * x + q) * np.log(x * spend + v)
    )
    return result


def expected_spend(model: GammaGamma, x: Floats, spend: Floats) -> Floats:
    """What each customer spends on a purchase day to come, shape (n,): their own mean, drawn towards everybody's.

    Equation 5 of the paper; needs q above 1. Who bought once gets everybody's mean, whatever their spend.
    """
    own = model.p * x / (model.p * x + model.q - 1)
    everybody = model.v * model.p / (model.q - 1)
    result: Floats = (1 - own) * everybody + np.where(x > 0, own * spend, 0.0)
    return result
