"""Fit what is due, and leave the rest as it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from predictions._ledger import append, causes
from predictions._read import read_examples, read_histories, read_moment
from predictions._risk import fit_risk
from predictions._value import fit_value
from warehouse import connect

if TYPE_CHECKING:
    import duckdb

    from predictions._fits import Fit
    from predictions._read import Moment
    from warehouse import Settings


@dataclass(frozen=True)
class Refreshed:
    """What was fitted.

    Attributes:
        causes: why each subject was fitted, by subject; empty when all parameters stand.
        statuses: ok or the reason against it, by subject that was fitted.
    """

    causes: dict[str, str]
    statuses: dict[str, str]

    def __str__(self) -> str:
        """One sentence for a person."""
        if not self.causes:
            return "Nothing was due: the parameters stand."
        fitted = ", ".join(f"{subject} ({self.causes[subject]}: {status})" for subject, status in self.statuses.items())
        return f"Fitted {fitted}. The next build scores with them."


def refresh(settings: Settings, *, asked: bool = False) -> Refreshed:
    """Fit the models whose parameters are missing, old, refused or drifted, and append them to the ledger.

    Args:
        settings: where the warehouse is.
        asked: fit all of them whatever their age.

    Raises:
        KindredError: nothing is built yet.
    """
    with connect(settings, read_only=True) as connection:
        moment, why, fits = _fit_what_is_due(connection, asked=asked)
    if fits:
        with connect(settings) as connection:
            append(connection, moment, fits, why)
    return Refreshed(why, {fit.subject: fit.status for fit in fits})


def _fit_what_is_due(
    connection: duckdb.DuckDBPyConnection, *, asked: bool
) -> tuple[Moment, dict[str, str], tuple[Fit, ...]]:
    moment = read_moment(connection)
    why = causes(connection, moment.as_of, asked=asked)
    fits: tuple[Fit, ...] = ()
    if "orders" in why or "spend" in why:
        now, held_out = read_histories(connection, "now"), read_histories(connection, "value_holdout")
        fits += fit_value(now, held_out, moment.history_days)
    if "churn" in why:
        fits += (fit_risk(*(read_examples(connection, at) for at in ("churn_train", "churn_test", "now"))),)
    return moment, why, tuple(fit for fit in fits if fit.subject in why)
