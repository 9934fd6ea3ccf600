"""When and where people buy: a renewal process with each person's own rhythm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import DAY, Bools, Floats, Ints, Text, chance, filled, pick
from demo.population.persons import STORE
from demo.times import daily

if TYPE_CHECKING:
    from demo.chunk import Chunk
    from demo.population.accounts import Accounts
    from demo.population.habits import Habits
    from demo.population.persons import Persons

COMPLETED, PENDING, CANCELLED = range(3)
_STATUS_SHARES = (0.955, 0.01, 0.035)
_FRESH_STATUS_SHARES = (0.47, 0.50, 0.03)
_FRESH = 5 * DAY
_AT_MOST = 60
_IN_STORE_WITH_CARD, _IN_STORE = 0.3, 0.02


@dataclass(frozen=True)
class Purchases:
    """Purchases in shop and stores, ordered by owner and time.

    Attributes:
        owner: who bought.
        at: when.
        in_store: a receipt rather than an order.
        status: one of the constants of this module; a receipt is completed.
    """

    owner: Ints
    at: Ints
    in_store: Bools
    status: Ints

    def __len__(self) -> int:
        """The number of purchases."""
        return len(self.owner)

    @property
    def completed(self) -> Bools:
        """Which ones count."""
        return np.asarray(self.status == COMPLETED, dtype=bool)


def make_purchases(chunk: Chunk, persons: Persons, accounts: Accounts, habits: Habits) -> Purchases:
    """Draw what people buy of their own accord."""
    rng = chunk.rng("purchases")
    times = _renewals(chunk, habits)
    owner, place = np.nonzero(times < habits.until[:, None])
    at = daily(rng, times[owner, place])
    size = len(owner)
    store_share = np.where(filled(accounts.card), _IN_STORE_WITH_CARD, _IN_STORE)
    store_share = np.where(persons.kind == STORE, 1.0, store_share)
    in_store = chance(rng, store_share[owner], size)
    at = np.where(in_store, daily(rng, at, opening_hours=True), np.maximum(at, habits.since[owner]))
    fresh = at > chunk.end - _FRESH
    status = np.where(fresh, pick(rng, _FRESH_STATUS_SHARES, size), pick(rng, _STATUS_SHARES, size))
    return ordered(Purchases(owner.astype(np.int64), at, in_store, np.where(in_store, COMPLETED, status)))


def ordered(*parts: Purchases) -> Purchases:
    """The parts as one, by owner and time."""
    owner, at, in_store, status = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("owner", "at", "in_store", "status")
    )
    order = np.lexsort((at, owner))
    return Purchases(owner[order], at[order], in_store[order], status[order])


def _renewals(chunk: Chunk, habits: Habits) -> Floats:
    """A matrix of people and purchases with the moment of each; those beyond `until` do not happen."""
    rng = chunk.rng("renewals")
    gaps = rng.gamma(habits.regularity[:, None], 1.0, (chunk.size, _AT_MOST - 1)) / habits.regularity[:, None]
    first = np.where(habits.buys, habits.first_buys_at, chunk.end)
    with np.errstate(invalid="ignore"):
        later = np.cumsum(np.maximum(gaps * habits.gap[:, None], DAY), axis=1)
    return np.column_stack([first, first[:, None] + later])


def bought_between(purchases: Purchases, owner: Ints, after: Ints, until: Ints) -> Bools:
    """Whether each owner completed a purchase later than one moment and not later than another."""
    counts = purchases.completed
    keys = purchases.owner[counts] * _OWNER_STEP + purchases.at[counts]
    low = np.searchsorted(keys, owner * _OWNER_STEP + after, side="right")
    return np.asarray(np.searchsorted(keys, owner * _OWNER_STEP + until, side="right") > low)


_OWNER_STEP = 2**33


def shop_only(purchases: Purchases) -> Ints:
    """The rows of the purchases made in the shop."""
    return np.flatnonzero(~purchases.in_store)


def currencies(foreign: Bools, country: Text) -> Text:
    """Euro, or what a foreign purchase is paid in."""
    return np.where(foreign, np.where(country == "GB", "GBP", "USD"), "EUR").astype(object)
