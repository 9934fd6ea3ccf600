"""The rows of one raw table, together with what only the truth knows about them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import Bools, Ints, Text, blank
from demo.options import code
from demo.schema import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from demo.table import Table

NOBODY = -1
"""The owner of a row behind which no person of the truth stands."""


@dataclass(frozen=True)
class Frame:
    """Rows of one table on their way to the disk.

    Attributes:
        table: which raw table.
        columns: the text columns; those left out are empty.
        times: the time columns, still as seconds; a value of 0 is an empty cell.
        owner: for each row, which person of the chunk stands behind it, or `NOBODY`.
        mess: for each row, the code of the heaviest mess that touched it.
        known_at: for each row, when the source knew it.
        superseded: these rows are older versions of rows that another frame holds.
    """

    table: Table
    columns: Mapping[str, Text]
    times: Mapping[str, Ints]
    owner: Ints
    mess: Ints
    known_at: Ints
    superseded: bool = False

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.owner)

    @property
    def keys(self) -> Text:
        """The primary keys."""
        return self.columns[self.table.key]

    def column(self, name: str) -> Text:
        """A text column, empty if the source left it out."""
        return self.columns[name] if name in self.columns else blank(len(self))

    def take(self, rows: Ints | Bools) -> Frame:
        """Some of the rows."""
        return replace(
            self,
            columns={name: column[rows] for name, column in self.columns.items()},
            times={name: column[rows] for name, column in self.times.items()},
            owner=self.owner[rows],
            mess=self.mess[rows],
            known_at=self.known_at[rows],
        )

    def with_columns(self, **columns: Text) -> Frame:
        """The same rows with other text."""
        return replace(self, columns={**self.columns, **columns})

    def marked(self, rows: Bools, kind: str) -> Frame:
        """Note on some rows that a kind of mess touched them."""
        return replace(self, mess=heaviest(self.mess, rows * code(kind)))


def frame(name: str, owner: Ints, columns: Mapping[str, Text], times: Mapping[str, Ints], *mess: Ints) -> Frame:
    """Rows as a source writes them. The source knows a row at the first of the times.

    Args:
        name: the raw table.
        owner: the person behind each row.
        columns: its text columns.
        times: its time columns.
        mess: codes of mess that touched the rows, each one as long as they are.
    """
    known_at = next(iter(times.values())) if times else np.zeros(len(owner), dtype=np.int64)
    clean = np.zeros(len(owner), dtype=np.int64)
    return Frame(BY_NAME[name], columns, times, owner, heaviest(clean, *mess), known_at)


def heaviest(*mess: Ints) -> Ints:
    """The heaviest kind of mess of each row."""
    return np.asarray(np.maximum.reduce([np.asarray(codes, dtype=np.int64) for codes in mess]))


def marks(rows: Bools, kind: str) -> Ints:
    """The code of a kind of mess on some rows, clean on the others."""
    return rows.astype(np.int64) * code(kind)
