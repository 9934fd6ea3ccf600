"""Small vectorised helpers that every other module of the demo draws with.

A column of text is a numpy array of `str` or `None`; a time is whole seconds since 1970 in UTC; money is whole cents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Text = NDArray[np.object_]
Rng = np.random.Generator

DAY = 86_400
HOUR = 3_600
MINUTE = 60
NEVER = 2**62
"""The time of what does not happen."""

_CENTS = 100


def text(values: Iterable[Any]) -> Text:
    """A column of text from any values."""
    items = list(values)
    column: Text = np.empty(len(items), dtype=object)
    column[:] = items
    return column


def blank(size: int) -> Text:
    """A column of nothing."""
    return np.full(size, None, dtype=object)


def same(value: str, size: int) -> Text:
    """A column that says the same everywhere."""
    return np.full(size, value, dtype=object)


def only(mask: Bools, values: Text | str) -> Text:
    """The values where the mask holds, else nothing."""
    return np.where(mask, values, None)  # type: ignore[call-overload,no-any-return]


def first_of(*columns: Text) -> Text:
    """The first column that holds something, row by row."""
    result = columns[0].copy()
    for column in columns[1:]:
        missing = result == None  # noqa: E711 - compared element by element
        result[missing] = column[missing]
    return result


def filled(column: Text) -> Bools:
    """Where the column holds something."""
    return np.asarray(column != None, dtype=bool)  # noqa: E711 - compared element by element


def mapped(function: Callable[[Any], Any], column: Iterable[Any]) -> Text:
    """The function of each value; meant for the few rows that a mess touches."""
    return text(function(value) for value in column)


def numbered(prefix: str, size: int, width: int = 7) -> Text:
    """`prefix` followed by 1, 2, 3, … padded with zeros."""
    return text(f"{prefix}{i:0{width}d}" for i in range(1, size + 1))


def money(cents: Ints) -> Text:
    """Cents as text: 1234 → `12.34`."""
    return text(f"{c // _CENTS}.{c % _CENTS:02d}" for c in cents.tolist())


def numbers(values: Ints) -> Text:
    """Whole numbers as text."""
    return text(map(str, values.tolist()))


def hexes(rng: Rng, size: int, length: int) -> Text:
    """Random hexadecimal texts of one length."""
    digits = rng.bytes(size * length // 2).hex()
    return text(digits[i : i + length] for i in range(0, size * length, length))


def uuids(rng: Rng, size: int) -> Text:
    """Random texts in the form of a UUID."""
    return mapped(lambda h: f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:]}", hexes(rng, size, 32))


def chance(rng: Rng, probability: float | Floats, size: int) -> Bools:
    """One toss of a coin a row."""
    return rng.random(size) < probability


def pick(rng: Rng, weights: Sequence[float] | Floats, size: int) -> Ints:
    """Indices drawn with these weights."""
    share = np.cumsum(np.asarray(weights, dtype=np.float64))
    return np.searchsorted(share / share[-1], rng.random(size), side="right").astype(np.int64)


def choose(rng: Rng, options: Sequence[str], weights: Sequence[float], size: int) -> Text:
    """Texts drawn with these weights."""
    return text(options)[pick(rng, weights, size)]


def below(rng: Rng, limits: Ints | int, size: int) -> Ints:
    """A whole number from 0 up to, not including, each limit."""
    return (rng.random(size) * np.maximum(limits, 1)).astype(np.int64)


def between(rng: Rng, low: Ints | int, high: Ints | int, size: int) -> Ints:
    """A whole number between two bounds, row by row."""
    return np.asarray(low + (rng.random(size) * np.maximum(np.subtract(high, low), 1)).astype(np.int64), dtype=np.int64)


def repeat(counts: Ints) -> tuple[Ints, Ints]:
    """Unfold counts: for each unit the row that it belongs to, and its number within the row from 0."""
    rows = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    starts = np.cumsum(counts) - counts
    return rows, np.arange(len(rows), dtype=np.int64) - starts[rows]


def total(rows: Ints, values: Ints, size: int) -> Ints:
    """The sum of the values of each row."""
    return np.bincount(rows, weights=values.astype(np.float64), minlength=size).astype(np.int64)


def first_rows(*keys: Ints) -> Bools:
    """Where a combination of keys appears for the first time."""
    order = np.lexsort(tuple(reversed(keys)))
    new = np.zeros(len(order), dtype=bool)
    if len(order):
        new[0] = True
        for key in keys:
            new[1:] |= key[order][1:] != key[order][:-1]
    result = np.zeros(len(order), dtype=bool)
    result[order[new]] = True
    return result
