"""The email addresses and phone numbers of a chunk of people, and who else uses them, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import NEVER, Bools, Ints, Rng, Text, between, blank, chance, pick, text
from demo.frames import heaviest, marks
from demo.population.words import COUNTRIES, latin

if TYPE_CHECKING:
    from demo.chunk import Chunk
    from demo.population.persons import Persons

COMPANY_DOMAIN = "kindred.example"
"""Our own mail domain: testers and the help desk write from it."""

_PATTERNS = ("{first}.{last}{n}", "{initial}{last}{n}", "{last}.{first}{n}", "{first}{n}", "{first}_{last}_{n}")
_NUMERIC_MAILBOX = 300_000_000
_SCRAMBLE = 7_368_787
_PHONE_SHARED_AT_HOME = 0.3


@dataclass(frozen=True)
class Contacts:
    """How each person can be reached, now and before.

    Attributes:
        email: the present address.
        old_email: the one before `email_changed_at`, if there was one.
        email_changed_at: when, or `NEVER`.
        email_mess: the code of mess of records that carry the present address.
        phone: the present number, E.164.
        old_phone: the one before `phone_changed_at`, if there was one.
        phone_changed_at: when, or `NEVER`.
        phone_mess: the code of mess of records that carry the present number.
        old_phone_mess: the same of the old number.
    """

    email: Text
    old_email: Text
    email_changed_at: Ints
    email_mess: Ints
    phone: Text
    old_phone: Text
    phone_changed_at: Ints
    phone_mess: Ints
    old_phone_mess: Ints

    def emails(self, owner: Ints, at: Ints, shown: Bools) -> tuple[Text, Ints]:
        """The address that each owner gave at that time, if it is shown, and the mess in that."""
        old = at < self.email_changed_at[owner]
        old &= np.asarray(self.email_changed_at[owner] != NEVER)
        value = np.where(old, self.old_email[owner], self.email[owner])
        mess = heaviest(self.email_mess[owner], marks(old, "changed_emails"))
        return np.where(shown, value, None), mess * shown  # type: ignore[call-overload]

    def phones(self, owner: Ints, at: Ints, shown: Bools) -> tuple[Text, Ints]:
        """The number that each owner gave at that time, if it is shown, and the mess in that."""
        old = (at < self.phone_changed_at[owner]) & (self.phone_changed_at[owner] != NEVER)
        value = np.where(old, self.old_phone[owner], self.phone[owner])
        mess = np.where(old, self.old_phone_mess[owner], self.phone_mess[owner])
        return np.where(shown, value, None), mess * shown  # type: ignore[call-overload]


def make_contacts(chunk: Chunk, persons: Persons) -> Contacts:
    """Draw addresses and numbers that no two people share unless a mess says so."""
    email, old_email, email_changed_at, email_mess = _emails(chunk, persons)
    phone, old_phone, phone_changed_at, phone_mess, old_phone_mess = _phones(chunk, persons)
    return Contacts(
        email, old_email, email_changed_at, email_mess, phone, old_phone, phone_changed_at, phone_mess, old_phone_mess
    )


def _emails(chunk: Chunk, persons: Persons) -> tuple[Text, Text, Ints, Ints]:
    own = _addresses(chunk.rng("emails"), persons, chunk.numbers * 2)
    own[persons.is_test] = [f"qa+{number}@{COMPANY_DOMAIN}" for number in chunk.numbers[persons.is_test]]
    rng = chunk.rng("changed emails")
    changed = chance(rng, chunk.mess.changed_emails, chunk.size) & ~persons.is_test
    changed_at = np.where(changed, between(rng, chunk.start, chunk.end, chunk.size), NEVER)
    before = np.where(changed, _addresses(rng, persons, chunk.numbers * 2 + 1), None)  # type: ignore[call-overload]
    shared = chance(chunk.rng("shared emails"), chunk.mess.shared_emails, chunk.size)
    shared &= persons.second & ~changed & ~changed[persons.partner]
    shared &= ~persons.is_test & ~persons.is_test[persons.partner]
    email = np.where(shared, own[persons.partner], own)
    return email, before, changed_at, marks(shared | (shared[persons.partner] & ~persons.second), "shared_emails")


def _addresses(rng: Rng, persons: Persons, numbers: Ints) -> Text:
    """Addresses that look chosen; the number in each makes them unique."""
    patterns = text(_PATTERNS)[pick(rng, (5, 3, 2, 2, 1), len(numbers))]
    domain = blank(len(numbers))
    for index, country in enumerate(COUNTRIES):
        here = persons.country == index
        domain[here] = text(country.domains)[rng.integers(0, len(country.domains), int(here.sum()))]
    rows = zip(patterns, persons.first_name, persons.last_name, numbers.tolist(), domain, strict=True)
    return text(_address(*row) for row in rows)


def _address(pattern: str, first: str, last: str, number: int, domain: str) -> str:
    given, family = latin(first), latin(last)
    if not given:
        return f"{_NUMERIC_MAILBOX + number}@{domain}"
    return f"{pattern.format(first=given, last=family, initial=given[0], n=10 + number)}@{domain}"


def _phones(chunk: Chunk, persons: Persons) -> tuple[Text, Text, Ints, Ints, Ints]:
    rng = chunk.rng("phones")
    own = _phone_numbers(persons, chunk.numbers * 2)
    at_home = (persons.household - chunk.first != np.arange(chunk.size)) & chance(
        rng, _PHONE_SHARED_AT_HOME, chunk.size
    )
    head = persons.household - chunk.first
    phone = np.where(at_home, own[head], own)
    lends = np.zeros(chunk.size, dtype=bool)
    lends[head[at_home]] = True
    mess = marks(at_home | lends, "households")
    return _recycle(chunk, persons, phone, mess, at_home | lends)


def _recycle(
    chunk: Chunk, persons: Persons, phone: Text, mess: Ints, taken: Bools
) -> tuple[Text, Text, Ints, Ints, Ints]:
    """Some give their number back to the telephone company, which gives it to somebody else."""
    rng = chunk.rng("recycled phones")
    free = rng.permutation(np.flatnonzero(~taken & ~persons.is_test))
    pairs = min(round(chunk.mess.recycled_phones * chunk.size), len(free) // 2)
    before, after = free[:pairs], free[pairs : 2 * pairs]
    changed_at = np.full(chunk.size, NEVER, dtype=np.int64)
    changed_at[before] = changed_at[after] = between(rng, chunk.start, chunk.end, pairs)
    spare = _phone_numbers(persons, chunk.numbers * 2 + 1)
    old, new = blank(chunk.size), phone.copy()
    old[before], new[before] = phone[before], spare[before]
    old[after], new[after] = phone[after], phone[before]
    new_mess, old_mess = mess.copy(), np.zeros(chunk.size, dtype=np.int64)
    new_mess[after] = old_mess[before] = marks(np.ones(pairs, dtype=bool), "recycled_phones")
    return new, old, changed_at, new_mess, old_mess


def _phone_numbers(persons: Persons, numbers: Ints) -> Text:
    """Mobile numbers that are valid in each one's country; the scramble keeps them apart without looking counted."""
    result = blank(len(numbers))
    for index, country in enumerate(COUNTRIES):
        here = persons.country == index
        space = 10**country.digits
        scrambled = numbers[here] * _SCRAMBLE % (space * len(country.mobile))
        prefixes = text(country.mobile)[scrambled // space]
        result[here] = [
            f"+{country.calling}{prefix}{rest:0{country.digits}d}"
            for prefix, rest in zip(prefixes, scrambled % space, strict=True)
        ]
    return result
