"""Read what models learn from out of the warehouse. Test accounts are scored like anybody but never learnt from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np

from warehouse import KindredError

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MOST_CUSTOMERS = 200_000
"""More are not read: the same ones are drawn each time, by the hash of their id."""

_HISTORIES = """
select repeat_days as x, recency_days as recency, age_days as age, coalesce(repeat_amount, 0) as spend, recent_days,
    recent_amount, outcome_days, outcome_amount, coalesce(horizon_days, 0) as horizon_days
from customer_360.purchase_histories
where purpose = $purpose and not is_test
order by md5(customer_id), customer_id
limit $most
"""
_EXAMPLES = """
select * exclude (purpose, customer_id, is_test)
from customer_360.churn_examples
where purpose = $purpose and not is_test
order by md5(customer_id), customer_id
limit $most
"""
_MOMENT = "select moment, coalesce(history_days, 0) from customer_360.prediction_moments where purpose = 'now'"


@dataclass(frozen=True)
class Moment:
    """The build that is predicted from: its as_of, and how many days of purchases there are."""

    as_of: datetime
    history_days: int


@dataclass(frozen=True)
class Histories:
    """Customers at a moment; each array has shape (n,), times are days, amounts base currency.

    Attributes:
        x: repeat purchase days.
        recency: from the first purchase day to the last.
        age: since the first purchase day.
        spend: the mean amount of a repeat day; 0 with none.
        recent_days: purchase days in as long a time before the moment as is held out after it.
        recent_amount: what these brought.
        outcome_days: purchase days in what is held out.
        outcome_amount: what these brought.
        horizon_days: how much is held out.
    """

    x: Floats
    recency: Floats
    age: Floats
    spend: Floats
    recent_days: Floats
    recent_amount: Floats
    outcome_days: Floats
    outcome_amount: Floats
    horizon_days: float


@dataclass(frozen=True)
class Examples:
    """Customers at a moment: features of shape (n,) by name, and who did not come back, shape (n,); None for now."""

    features: dict[str, Floats]
    churned: NDArray[np.bool_] | None


def read_moment(connection: duckdb.DuckDBPyConnection) -> Moment:
    """The as_of of the last build.

    Raises:
        KindredError: nothing is built yet.
    """
    try:
        row = connection.execute(_MOMENT).fetchone()
    except duckdb.CatalogException:
        raise KindredError("There is nobody to learn from yet: run `kindred run` or `dbt build` first.") from None
    if row is None:
        raise KindredError("No moment to predict from was found: build the model prediction_moments again.")
    return Moment(*row)


def read_histories(connection: duckdb.DuckDBPyConnection, purpose: str) -> Histories:
    """The customers of one moment."""
    columns = {name: _floats(values) for name, values in _columns(connection, _HISTORIES, purpose).items()}
    horizon = columns.pop("horizon_days")
    return Histories(**columns, horizon_days=float(horizon.max(initial=0)))


def read_examples(connection: duckdb.DuckDBPyConnection, purpose: str) -> Examples:
    """The customers of one moment."""
    columns = _columns(connection, _EXAMPLES, purpose)
    churned = columns.pop("churned")
    labels = None if np.ma.getmaskarray(churned).any() or not len(churned) else np.asarray(churned, dtype=bool)
    return Examples({name: _floats(values) for name, values in columns.items()}, labels)


def _columns(connection: duckdb.DuckDBPyConnection, query: str, purpose: str) -> dict[str, Any]:
    values = {"purpose": purpose, "most": MOST_CUSTOMERS}
    found: dict[str, Any] = connection.execute(query, values).fetchnumpy()
    return found


def _floats(values: NDArray[np.generic]) -> Floats:
    result: Floats = np.asarray(values, dtype=np.float64)
    return result
