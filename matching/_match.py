"""From the warehouse to the scratch database and back."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from warehouse import KindredError, connect

if TYPE_CHECKING:
    from datetime import datetime

    import pyarrow as pa

    from matching._score import Scored
    from warehouse import Settings

_READ = "select * from identity.matching_records order by identifier_id"
_MAKE_ROOM = """
delete from identity.matching_scores where scored_as_of >= cast($as_of as timestamp) or scored_as_of is null or not $any
"""
_WRITE = """
insert into identity.matching_scores by name
select *, $version as model_version, cast($as_of as timestamp) as scored_as_of
from scores order by identifier_id, other_identifier_id
"""


@dataclass(frozen=True)
class Matched:
    """What was compared and kept.

    Attributes:
        people: customers of whom enough is known to be compared.
        pairs: pairs that are kept, with their scores.
        version: of the rules and weights.
    """

    people: int
    pairs: int
    version: str

    def __str__(self) -> str:
        """One sentence for a person, and what to do next."""
        return (
            f"Compared {self.people:,} people and kept the scores of {self.pairs:,} pairs who may be one person: "
            "`kindred run` links those that are alike enough."
        )


def match(settings: Settings) -> Matched:
    """Compare the people of the last build and write down the scores, which count from now on.

    Args:
        settings: where the warehouse is.

    Raises:
        KindredError: the extra is not installed, or nothing is built yet.
    """
    require_splink()
    with connect(settings, read_only=True) as connection:
        records = _read(connection)
    scored, as_of = _scored(records)
    with connect(settings) as connection:
        return _write(connection, scored, as_of)


def match_in(connection: duckdb.DuckDBPyConnection) -> Matched:
    """The same in a database that is already open for writing.

    Raises:
        KindredError: the extra is not installed, or nothing is built yet.
    """
    require_splink()
    scored, as_of = _scored(_read(connection))
    return _write(connection, scored, as_of)


def require_splink() -> None:
    """Refuse to go on without the extra.

    Raises:
        KindredError: it is not installed.
    """
    if importlib.util.find_spec("splink") is None:
        raise KindredError("Matching by likeness needs the optional extra: `pip install 'kindred[fuzzy]'` installs it.")


def _read(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    try:
        return connection.execute(_READ).to_arrow_table()
    except duckdb.CatalogException:
        raise KindredError("There is nobody to compare yet: run `kindred run` first.") from None


def _scored(records: pa.Table) -> tuple[Scored, datetime | None]:
    from matching._score import score  # noqa: PLC0415 - Splink is the optional extra

    with duckdb.connect() as scratch:
        scratch.register("records", records)
        [(as_of,)] = scratch.execute("select max(as_of) from records").fetchall()
        return score(scratch), as_of


def _write(connection: duckdb.DuckDBPyConnection, scored: Scored, as_of: datetime | None) -> Matched:
    """The new scores come in one transaction: nobody sees half of them.

    Those of earlier days stay, so that these can be built again. But the last scores count, and a match that found
    nobody leaves none by which it could be told: then the old ones go.
    """
    connection.register("scores", scored.scores)
    try:
        connection.begin()
        connection.execute(_MAKE_ROOM, {"as_of": as_of, "any": scored.scores.num_rows > 0})
        connection.execute(_WRITE, {"version": scored.version, "as_of": as_of})
        connection.commit()
    finally:
        connection.unregister("scores")
    return Matched(scored.people, scored.scores.num_rows, scored.version)
