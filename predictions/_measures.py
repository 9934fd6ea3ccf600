"""How far predictions were from what came."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import spearmanr

from predictions._fits import Bucket, Measure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_PARTS = 10


def amount_measures(candidate: str, target: str, predicted: Floats, actual: Floats) -> tuple[Measure, ...]:
    """Mean absolute error, bias, ratio of the totals, rank correlation, and the share that the best tenth holds.

    Args:
        candidate: the model.
        target: what is predicted.
        predicted: shape (n,).
        actual: shape (n,), zero or more.
    """
    total = float(actual.sum())
    figures = {
        "mae": float(np.abs(predicted - actual).mean()),
        "bias": float((predicted - actual).mean()),
        "total_ratio": float(predicted.sum()) / total if total else None,
        "rank_correlation": _rank_correlation(predicted, actual),
        "top_decile_capture": top_share(predicted, actual, 0.1),
    }
    return tuple(Measure(candidate, target, name, value) for name, value in figures.items())


def _rank_correlation(predicted: Floats, actual: Floats) -> float | None:
    """Spearman's; None where one side says the same of everybody."""
    if np.ptp(predicted) == 0 or np.ptp(actual) == 0:
        return None
    return float(spearmanr(predicted, actual).statistic)


def top_share(predicted: Floats, actual: Floats, share: float) -> float | None:
    """The part of the actual total that the highest predictions hold; those who tie at the edge count in part."""
    total = float(actual.sum())
    if not total:
        return None
    wanted = share * len(predicted)
    edge = np.sort(predicted)[::-1][int(np.ceil(wanted)) - 1]
    above, level = predicted > edge, predicted == edge
    return float(actual[above].sum() + actual[level].sum() * (wanted - above.sum()) / level.sum()) / total


def churn_measures(candidate: str, risk: Floats, churned: NDArray[np.bool_]) -> tuple[Measure, ...]:
    """Area under the ROC curve, Brier score, error of calibration, and the lift of the riskiest tenth.

    Args:
        candidate: the model.
        risk: the predicted probabilities, shape (n,).
        churned: who did not come back, shape (n,).
    """
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415 - a second that most commands do without

    outcome = churned.astype(float)
    figures = {
        "auc": float(roc_auc_score(churned, risk)),
        "brier": float(((risk - outcome) ** 2).mean()),
        "calibration_error": _calibration_error(risk, outcome),
        "top_decile_lift": (top_share(risk, outcome, 0.1) or 0.0) * _PARTS,
        "mean_risk": float(risk.mean()),
        "churn_rate": float(outcome.mean()),
    }
    return tuple(Measure(candidate, "churn", name, value) for name, value in figures.items())


def _calibration_error(risk: Floats, outcome: Floats) -> float:
    """The mean distance of predicted and observed over the buckets of reliability, weighted by customers."""
    buckets = reliability("", risk, outcome)
    return sum(one.customers * abs((one.predicted or 0) - (one.observed or 0)) for one in buckets) / len(risk)


def reliability(candidate: str, risk: Floats, outcome: Floats) -> tuple[Bucket, ...]:
    """Customers by predicted risk in steps of a tenth: what was said of them and what came; no empty steps."""
    step = np.minimum((risk * _PARTS).astype(int), _PARTS - 1)
    return tuple(
        Bucket(candidate, "reliability", number + 1, number / _PARTS, *_counted(risk, outcome, step == number))
        for number in range(_PARTS)
        if (step == number).any()
    )


def deciles(candidate: str, risk: Floats, outcome: Floats) -> tuple[Bucket, ...]:
    """Tenths of the customers, 1 the riskiest. Equal risks are kept in their order."""
    order = np.argsort(-risk, kind="stable")
    parts = [part for part in np.array_split(order, _PARTS) if len(part)]
    return tuple(
        Bucket(candidate, "decile", number, float(risk[part].min()), *_counted(risk, outcome, part))
        for number, part in enumerate(parts, start=1)
    )


def _counted(risk: Floats, outcome: Floats, part: NDArray[np.generic]) -> tuple[int, float, float]:
    return len(risk[part]), float(risk[part].mean()), float(outcome[part].mean())


def reference(feature: str, values: Floats) -> tuple[Bucket, ...]:
    """The tenths of the values at the fit, against which drift is measured; fewer where values repeat."""
    edges = np.unique(np.quantile(values, np.arange(1, _PARTS) / _PARTS, method="higher"))
    edges = edges[edges > values.min()]
    if not len(edges):  # nine in ten have the least value: then there are these, and the others
        edges = np.unique(values)[1:2]
    place = np.searchsorted(edges, values, side="right")
    counts = np.bincount(place, minlength=len(edges) + 1)
    lowest: list[float | None] = [None, *(float(edge) for edge in edges)]
    return tuple(
        Bucket(feature, "reference", number, lower, int(count), None, float(count) / len(values))
        for number, (lower, count) in enumerate(zip(lowest, counts, strict=True), start=1)
    )
