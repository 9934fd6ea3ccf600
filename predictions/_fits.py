"""What a fit leaves behind: a status, parameters, and how well it did."""

from __future__ import annotations

from dataclasses import dataclass

OK = "ok"
NOT_FITTED = "insufficient_data: not fitted yet"


@dataclass(frozen=True)
class Term:
    """One number of a model.

    Attributes:
        candidate: the model.
        name: the parameter, or the feature whose effect it is.
        value: the number.
        knot: from where the feature counts; None for a parameter.
        upper: up to where the feature counts; None for a parameter.
        is_used: whether this model is the one that scores customers.
    """

    candidate: str
    name: str
    value: float
    knot: float | None = None
    upper: float | None = None
    is_used: bool = True


@dataclass(frozen=True)
class Measure:
    """One figure of quality: of a candidate, for a target; None where it is not defined."""

    candidate: str
    target: str
    name: str
    value: float | None


@dataclass(frozen=True)
class Bucket:
    """One line of a table of a candidate: reliability, decile or reference."""

    candidate: str
    kind: str
    number: int
    lower_bound: float | None
    customers: int
    predicted: float | None
    observed: float | None


@dataclass(frozen=True)
class Fit:
    """One attempt.

    Attributes:
        subject: orders, spend or churn.
        status: ok, or insufficient_data with the reason.
        detail: the figures behind the status.
        customers: how many it was fitted on.
        terms: the model; none if it was refused.
        measures: how well it did.
        buckets: the tables behind these figures.
    """

    subject: str
    status: str
    detail: str
    customers: int
    terms: tuple[Term, ...] = ()
    measures: tuple[Measure, ...] = ()
    buckets: tuple[Bucket, ...] = ()


def refused(subject: str, why: str, detail: str, customers: int) -> Fit:
    """A fit that would be a guess."""
    return Fit(subject, f"insufficient_data: {why}", detail, customers)
