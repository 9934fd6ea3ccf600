"""Find the positive numbers under which data are most likely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np
from scipy.optimize import minimize

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

Model = TypeVar("Model")

_LEAST, _MOST = 1e-3, 1e4
"""A parameter that runs out of these says that the model does not describe the data."""


@dataclass(frozen=True)
class Likelihood(Generic[Model]):
    """A fitted model and how likely it makes the data.

    Attributes:
        model: the parameters.
        log_likelihood: the natural logarithm, over all customers.
        converged: whether the search came to rest within the bounds.
    """

    model: Model
    log_likelihood: float
    converged: bool


@dataclass(frozen=True)
class Maximum:
    """Where a search ended: the parameters, the logarithm of the likelihood, and whether it came to rest."""

    values: tuple[float, ...]
    log_likelihood: float
    converged: bool


def maximise(log_likelihood: Callable[[NDArray[np.float64]], float], starts: tuple[tuple[float, ...], ...]) -> Maximum:
    """Search from several places and keep the best end.

    Args:
        log_likelihood: of the logarithms of the parameters.
        starts: parameters to begin from, each greater than zero.
    """
    bounds = [(np.log(_LEAST), np.log(_MOST))] * len(starts[0])
    ends = [
        minimize(lambda logs: -log_likelihood(logs), np.log(start), method="L-BFGS-B", bounds=bounds)
        for start in starts
    ]
    best = min(ends, key=lambda end: float(end.fun) if np.isfinite(end.fun) else np.inf)
    values = tuple(float(value) for value in np.exp(best.x))
    inside = all(_LEAST * 1.01 < value < _MOST * 0.99 for value in values)
    return Maximum(values, -float(best.fun), bool(best.success) and inside and bool(np.isfinite(best.fun)))
