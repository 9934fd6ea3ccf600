"""Customers with known parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from predictions._bg_nbd import BgNbd
from predictions._read import Histories

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

PUBLISHED = BgNbd(0.2426, 4.4135, 0.7929, 2.4258)


def lives(model: BgNbd, ages: Floats, seed: int, ahead: float = 0.0) -> tuple[Floats, Floats, Floats]:
    """Repeat purchases, the last of them, and those in the time ahead, as the model says that people buy and leave."""
    draw = np.random.default_rng(seed)
    x, recency, later = np.zeros(len(ages)), np.zeros(len(ages)), np.zeros(len(ages))
    rates = draw.gamma(model.r, 1 / model.alpha, len(ages))
    leaves = draw.beta(model.a, model.b, len(ages))
    for i, age in enumerate(ages):
        at = draw.exponential(1 / rates[i])
        while at < age + ahead:
            if at < age:
                x[i], recency[i] = x[i] + 1, at
            else:
                later[i] += 1
            if draw.random() < leaves[i]:
                break
            at += draw.exponential(1 / rates[i])
    return x, recency, later


def histories(count: int = 2000, *, x: Floats | None = None, spend: Floats | None = None, seed: int = 1) -> Histories:
    """Customers of two years whose next year is as the last one was."""
    draw = np.random.default_rng(seed)
    ages = draw.uniform(30, 700, count)
    repeats, recency, _ = lives(BgNbd(0.6, 60.0, 0.5, 3.0), ages, seed)
    days = repeats if x is None else x
    amounts = draw.gamma(6.0, draw.gamma(4.0, 5.0, count)) if spend is None else spend
    return Histories(
        x=days,
        recency=recency,
        age=ages,
        spend=np.where(days > 0, amounts, 0.0),
        recent_days=days,
        recent_amount=days * amounts,
        outcome_days=days,
        outcome_amount=days * amounts,
        horizon_days=365,
    )
