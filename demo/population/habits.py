"""When people come, how often they visit and buy, and what they like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import DAY, Bools, Floats, Ints, below, chance, pick
from demo.behaviour.catalog import BRANDS, CATEGORIES
from demo.population.persons import ACCOUNT, ANONYMOUS, GUEST, LEAD, STORE

if TYPE_CHECKING:
    from demo.chunk import Chunk
    from demo.population.persons import Persons

_FROM_THE_START = 0.35
_BUYS = {ACCOUNT: 0.82, GUEST: 1.0, ANONYMOUS: 0.0, STORE: 1.0, LEAD: 0.0}
_ONCE, _NOW_AND_THEN, _REGULARLY, _OFTEN = range(4)
_RHYTHMS = (0.43, 0.37, 0.16, 0.04)
_GUEST_RHYTHMS = (0.85, 0.15, 0.0, 0.0)
_GAP_DAYS = np.array([np.inf, 120.0, 48.0, 19.0])
_REGULARITY = np.array([1.0, 1.5, 4.0, 6.0])
_LEAVES, _STAY_DAYS = 0.4, 190.0
_MEAN_WAIT_DAYS = 12.0
_VISITS_A_MONTH = {ACCOUNT: 0.15, GUEST: 0.08, ANONYMOUS: 0.10, STORE: 0.0, LEAD: 0.2}
_MONTH = 30 * DAY


@dataclass(frozen=True)
class Habits:
    """Each person's rhythm.

    Attributes:
        since: the first contact; a shop account is opened then.
        until: when the person goes away for good.
        first_buys_at: the first purchase of those who buy.
        buys: whether the person ever buys.
        gap: the mean seconds between purchases, infinite for those who buy once.
        regularity: the shape of the gamma distribution of the gaps; 1 is memoryless.
        visits: how many visits beside those in which the person buys.
        category: the favourite one.
        brand: the favourite one.
        opens_mail: how likely a mail is opened.
    """

    since: Ints
    until: Ints
    first_buys_at: Ints
    buys: Bools
    gap: Floats
    regularity: Floats
    visits: Ints
    category: Ints
    brand: Ints
    opens_mail: Floats


def make_habits(chunk: Chunk, persons: Persons) -> Habits:
    """Draw the rhythms."""
    rng = chunk.rng("habits")
    size = chunk.size
    window = chunk.end - chunk.start
    early = chance(rng, _FROM_THE_START, size)
    since = chunk.start + (rng.random(size) * np.where(early, _MONTH, window - DAY)).astype(np.int64)
    stays = rng.exponential(_STAY_DAYS * DAY * np.exp(0.3 * persons.satisfaction)).astype(np.int64)
    until = np.where(chance(rng, _LEAVES, size), np.minimum(since + stays, chunk.end), chunk.end)
    rhythm = np.where(persons.kind == GUEST, pick(rng, _GUEST_RHYTHMS, size), pick(rng, _RHYTHMS, size))
    wait = rng.exponential(_MEAN_WAIT_DAYS * DAY, size).astype(np.int64)
    first_buys_at = np.minimum(since + wait, (since + chunk.end) // 2)
    months = (until - since) / _MONTH
    rate = np.array([_VISITS_A_MONTH[kind] for kind in range(len(_VISITS_A_MONTH))])[persons.kind]
    visits = rng.poisson(rate * months * rng.gamma(1.0, 1.0, size))
    once = np.isin(persons.kind, (ANONYMOUS, LEAD))
    return Habits(
        since=since,
        until=np.maximum(until, first_buys_at + 1),
        first_buys_at=first_buys_at,
        buys=chance(rng, np.array([_BUYS[kind] for kind in range(len(_BUYS))])[persons.kind], size),
        gap=_GAP_DAYS[rhythm] * DAY * rng.lognormal(0.0, 0.25, size),
        regularity=_REGULARITY[rhythm],
        visits=np.maximum(visits, once).astype(np.int64),
        category=below(rng, len(CATEGORIES), size),
        brand=below(rng, len(BRANDS), size),
        opens_mail=rng.beta(2, 4, size),
    )
