"""What the generator must know about a raw table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Zone = Literal["utc", "offset", "berlin"]


@dataclass(frozen=True)
class Table:
    """One raw table.

    Attributes:
        name: its name in schema `raw`.
        columns: in order; the primary key first.
        times: the columns that hold a time.
        amount: the amount without which a row cannot be read, if there is one.
        identifiers: the columns that may name a person.
        zone: how it writes times: `…Z`, with Berlin's offset, or Berlin's clock without a word about it.
    """

    name: str
    columns: tuple[str, ...]
    times: tuple[str, ...] = ()
    amount: str | None = None
    identifiers: tuple[str, ...] = ()
    zone: Zone = "utc"

    @property
    def key(self) -> str:
        """The primary key."""
        return self.columns[0]

    @property
    def required_time(self) -> str | None:
        """The time without which a row cannot be read."""
        return self.times[0] if self.times else None
