"""Names, birthdays, homes and families of one chunk of people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import DAY, Bools, Ints, Rng, Text, between, blank, chance, pick, text
from demo.population.words import COUNTRIES, first_names, last_names
from demo.times import dates

if TYPE_CHECKING:
    from demo.chunk import Chunk

ACCOUNT, GUEST, ANONYMOUS, STORE, LEAD = range(5)
"""How a person deals with us: with a shop account, as a guest, never saying who, only in stores, or not buying yet."""

_KIND_SHARES = (0.60, 0.10, 0.15, 0.09, 0.06)
_LEAP_DAYS = 0.003
_MEAN_AGE, _AGE_SPREAD, _YOUNGEST, _OLDEST = 42, 14, 18, 88
_FAMILY_OF_FOUR = 0.3
_YEAR = 365.25


@dataclass(frozen=True)
class Persons:
    """People as they are; each field has one value a person.

    Attributes:
        person_id: the truth's key.
        kind: one of the constants of this module.
        country: index into `COUNTRIES`.
        first_name: in the country's script.
        last_name: a household mostly shares it.
        gender: `f`, `m` or nothing.
        birth_date: ISO.
        city: a household shares it.
        postal_code: a household shares it.
        household: the number of the household; people who live alone have one each.
        partner: the index of the other one of a couple; each person has one, it matters only where a mess makes it so.
        second: the one of the couple who takes over what is shared.
        is_test: no person but an account of our own testers.
        satisfaction: from -3 to 3, seen by nobody, felt in surveys, tickets and returns.
    """

    person_id: Text
    kind: Ints
    country: Ints
    first_name: Text
    last_name: Text
    gender: Text
    birth_date: Text
    city: Text
    postal_code: Text
    household: Ints
    partner: Ints
    second: Bools
    is_test: Bools
    satisfaction: np.ndarray

    def names(self, field: str) -> Text:
        """One fact about each one's country."""
        return text(getattr(country, field) for country in COUNTRIES)[self.country]


def make_persons(chunk: Chunk) -> Persons:
    """Draw the people of a chunk."""
    rng = chunk.rng("persons")
    size = chunk.size
    partner, second, household = _families(chunk)
    head = household - chunk.first
    country = pick(rng, [country.share for country in COUNTRIES], size)[head]
    gender = _genders(rng, second)
    is_test = chance(chunk.rng("test accounts"), chunk.mess.test_accounts, size)
    kind = np.where(is_test, ACCOUNT, pick(rng, _KIND_SHARES, size))
    first_name, last_name = _names(rng, country, gender, head)
    city, postal_code = _homes(rng, country)
    return Persons(
        person_id=text(f"P{number:08d}" for number in chunk.numbers),
        kind=kind,
        country=country,
        first_name=np.where(is_test, "Test", first_name),
        last_name=np.where(is_test, "Kindred", last_name),
        gender=np.where(chance(rng, 0.03, size), None, gender),  # type: ignore[call-overload]
        birth_date=_birthdays(rng, chunk),
        city=city[head],
        postal_code=postal_code[head],
        household=household,
        partner=partner,
        second=second,
        is_test=is_test,
        satisfaction=np.clip(rng.normal(0.3, 1.0, size), -3, 3),
    )


def _families(chunk: Chunk) -> tuple[Ints, Bools, Ints]:
    """Pair everybody; some pairs share a home, and some pairs of pairs."""
    rng = chunk.rng("families")
    order = rng.permutation(chunk.size).astype(np.int64)
    half = chunk.size // 2
    partner = np.arange(chunk.size, dtype=np.int64)
    second = np.zeros(chunk.size, dtype=bool)
    first_ones, second_ones = order[:half], order[half : 2 * half]
    partner[first_ones], partner[second_ones] = second_ones, first_ones
    second[second_ones] = True
    household = np.arange(chunk.size, dtype=np.int64)
    together = chance(rng, chunk.mess.households, half)
    household[second_ones[together]] = first_ones[together]
    heads = first_ones[together]
    pairs = len(heads) // 2
    joined = chance(rng, _FAMILY_OF_FOUR, pairs)
    parents, children = heads[:pairs][joined], heads[pairs : 2 * pairs][joined]
    household[children], household[partner[children]] = parents, parents
    return partner, second, household + chunk.first


def _genders(rng: Rng, second: Bools) -> Text:
    male = np.where(chance(rng, 0.9, len(second)), second, ~second)
    return np.where(male, "m", "f").astype(object)


def _names(rng: Rng, country: Ints, gender: Text, head: Ints) -> tuple[Text, Text]:
    size = len(country)
    first, last = blank(size), blank(size)
    for index, place in enumerate(COUNTRIES):
        here = country == index
        surnames = last_names(place.locale)
        last[here] = surnames[rng.integers(0, len(surnames), int(here.sum()))]
        for sex in ("f", "m"):
            rows = here & (gender == sex)
            words = first_names(place.locale, sex)
            first[rows] = words[rng.integers(0, len(words), int(rows.sum()))]
    family_name = chance(rng, 0.85, size)
    return first, np.where(family_name, last[head], last)


def _homes(rng: Rng, country: Ints) -> tuple[Text, Text]:
    city, postal = blank(len(country)), blank(len(country))
    for index, place in enumerate(COUNTRIES):
        rows = np.flatnonzero(country == index)
        district = rng.integers(0, len(place.cities), len(rows))
        city[rows] = text(place.cities)[district]
        rest = rng.integers(0, 10 ** (place.postal - 2), len(rows))
        postal[rows] = [f"{10 + d * 9}{r:0{place.postal - 2}d}" for d, r in zip(district, rest, strict=True)]
    return city, postal


def _birthdays(rng: Rng, chunk: Chunk) -> Text:
    age = np.clip(rng.normal(_MEAN_AGE, _AGE_SPREAD, chunk.size), _YOUNGEST, _OLDEST)
    days = (chunk.end / DAY - age * _YEAR - rng.random(chunk.size) * _YEAR).astype(np.int64)
    leap = np.flatnonzero(chance(rng, _LEAP_DAYS, chunk.size))
    birth = dates(days)
    years = 1940 + 4 * between(rng, 0, 16, len(leap))
    birth[leap] = [f"{year}-02-29" for year in years]
    return birth
