"""Frames of just the columns that a suite looks at. Keys of people come as hashes, payloads not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse import KindredError

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


@dataclass(frozen=True)
class Frame:
    """A query whose rows expectations are about.

    Attributes:
        name: what its rows are.
        query: the columns needed, no more.
        key: the column that names a row in a result; it must not be personal data.
    """

    name: str
    query: str
    key: str


def load(connection: duckdb.DuckDBPyConnection, frame: Frame) -> pd.DataFrame:
    """Read one frame into memory.

    Raises:
        KindredError: a table or column that it needs is not in the warehouse.
    """
    import duckdb  # noqa: PLC0415 - with pandas a second that other commands do without

    try:
        return connection.execute(frame.query).df()
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        reason = str(error).splitlines()[0]
        raise KindredError(
            f"The expectations cannot read the {frame.name} ({reason}): run `kindred run` first."
        ) from error
