"""Whether they come back: two candidates learn from the past, are judged by what came after, and the better scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from predictions._churn import churn_risk, fit_churn
from predictions._fits import OK, Bucket, Fit, Measure, Term, refused
from predictions._measures import churn_measures, deciles, reference, reliability

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from predictions._churn import Weights
    from predictions._read import Examples

    Floats = NDArray[np.float64]

LEAST_OF_EACH = 100
"""So many who came back, and so many who did not, at both moments: fewer do not carry a dozen features."""

_BASELINE = ("gap_percentile",)


def fit_risk(train: Examples, test: Examples, now: Examples) -> Fit:
    """Fit both candidates, choose by the back-test, and fit the choice on what is known latest.

    Args:
        train: two horizons ago, with who came back in the first of them.
        test: one horizon ago, with who has come back since.
        now: the customers whom the model will score, to tell later how far they have moved.
    """
    too_few = _too_few(train, test)
    if too_few or train.churned is None or test.churned is None:
        return refused("churn", "too few customers", too_few, len(_first(test)))
    candidates = {"logistic_regression": tuple(train.features), "calibrated_gap_percentile": _BASELINE}
    judged = {
        name: churn_risk(fit_churn(_only(train, features), train.churned), test.features)
        for name, features in candidates.items()
    }
    measures = tuple(one for name, risk in judged.items() for one in churn_measures(name, risk, test.churned))
    winner = _winner(measures)
    final = {name: fit_churn(_only(test, features), test.churned) for name, features in candidates.items()}
    outcome = test.churned.astype(float)
    tables = tuple(
        one for name, risk in judged.items() for table in (reliability, deciles) for one in table(name, risk, outcome)
    )
    return Fit(
        "churn",
        OK,
        f"{winner} won on {len(outcome)} customers by its Brier score",
        len(outcome),
        tuple(term for name, model in final.items() for term in _terms(name, model, is_used=name == winner)),
        measures,
        tables + _references(final[winner], now),
    )


def _winner(measures: tuple[Measure, ...]) -> str:
    """The least Brier score, which asks for rank and for honest probabilities; the simpler one on a tie."""
    scores = {one.candidate: one.value or 0.0 for one in measures if one.name == "brier"}
    better = scores["logistic_regression"] < scores["calibrated_gap_percentile"]
    return "logistic_regression" if better else "calibrated_gap_percentile"


def _too_few(train: Examples, test: Examples) -> str:
    for moment, examples in (("two horizons ago", train), ("one horizon ago", test)):
        gone = 0 if examples.churned is None else int(examples.churned.sum())
        back = len(_first(examples)) - gone
        if min(gone, back) < LEAST_OF_EACH:
            return (
                f"{moment} {back} customers came back and {gone} did not; at least {LEAST_OF_EACH} of each are needed"
            )
    return ""


def _first(examples: Examples) -> Floats:
    return next(iter(examples.features.values()))


def _only(examples: Examples, features: tuple[str, ...]) -> dict[str, Floats]:
    return {name: examples.features[name] for name in features}


def _terms(candidate: str, model: Weights, *, is_used: bool) -> tuple[Term, ...]:
    intercept = Term(candidate, "intercept", model.intercept, is_used=is_used)
    return (intercept, *(Term(candidate, name, w, knot, upper, is_used) for name, knot, upper, w in model.terms))


def _references(model: Weights, now: Examples) -> tuple[Bucket, ...]:
    values = {**now.features, "score": churn_risk(model, now.features)}
    return tuple(one for name, numbers in values.items() for one in reference(name, np.round(numbers, 6)))
