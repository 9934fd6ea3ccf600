"""The keys under which the company knows a person: shop account, loyalty card, CRM contacts, WeChat, social handle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import Bools, Ints, Rng, Text, below, blank, chance, hexes, only, text
from demo.population.persons import ACCOUNT, ANONYMOUS, GUEST, LEAD, STORE
from demo.population.words import COUNTRIES

if TYPE_CHECKING:
    from demo.chunk import Chunk
    from demo.population.persons import Persons

_CARD_SHARE = {ACCOUNT: 0.35, GUEST: 0.0, ANONYMOUS: 0.0, STORE: 1.0, LEAD: 0.0}
_CRM_SHARE = {ACCOUNT: 0.35, GUEST: 0.15, ANONYMOUS: 0.0, STORE: 0.2, LEAD: 1.0}
_IN_BOTH_CRMS = 0.05
_NORTH = {"DE", "AT", "NL", "GB"}
_WECHAT_SHARE = 0.7
_GIVES_PHONE = 0.75
_CUSTOMER_NUMBERS = 90_000_000
_SCRAMBLE = 7_368_787
_CARD_SCRAMBLE = 7_368_787_019


@dataclass(frozen=True)
class Accounts:
    """Each person's keys; nothing where the person has none.

    Attributes:
        user_id: the shop's.
        gave_phone: the shop account holds the phone number.
        card: the loyalty card's number.
        in_north: has a contact in the northern CRM.
        in_south: has a contact in the southern CRM.
        wechat_openid: in our mini program.
        wechat_unionid: across all that we do in WeChat.
        handle: on a social network, seen nowhere else.
    """

    user_id: Text
    gave_phone: Bools
    card: Text
    in_north: Bools
    in_south: Bools
    wechat_openid: Text
    wechat_unionid: Text
    handle: Text


def user_ids(numbers: Ints) -> Text:
    """Shop account numbers, well mixed."""
    return text(f"U{10_000_000 + n * _SCRAMBLE % _CUSTOMER_NUMBERS}" for n in numbers.tolist())


def make_accounts(chunk: Chunk, persons: Persons) -> Accounts:
    """Draw who has which account."""
    rng = chunk.rng("accounts")
    known = persons.kind != ANONYMOUS
    north, south = _crm(rng, persons)
    cards = text(f"29{n * _CARD_SCRAMBLE % 10**11:011d}" for n in (chunk.numbers + 1).tolist())
    wechat = (persons.names("code") == "CN") & known & (persons.kind != STORE) & chance(rng, _WECHAT_SHARE, chunk.size)
    unlinked = chance(chunk.rng("handles"), chunk.mess.unlinked_handles, chunk.size) & known & ~wechat
    return Accounts(
        user_id=only(persons.kind == ACCOUNT, user_ids(chunk.numbers)),
        gave_phone=chance(chunk.rng("phones given"), _GIVES_PHONE, chunk.size),
        card=only(_has(rng, persons, _CARD_SHARE) & ~persons.is_test, cards),
        in_north=north,
        in_south=south,
        wechat_openid=only(wechat, _prefixed("o", rng, chunk.size)),
        wechat_unionid=only(wechat, _prefixed("un", rng, chunk.size)),
        handle=_handles(chunk, persons, unlinked),
    )


def _has(rng: Rng, persons: Persons, shares: dict[int, float]) -> Bools:
    share = np.array([shares[kind] for kind in range(len(shares))])
    return chance(rng, share[persons.kind], len(persons.kind))


def _crm(rng: Rng, persons: Persons) -> tuple[Bools, Bools]:
    member = _has(rng, persons, _CRM_SHARE)
    both = member & chance(rng, _IN_BOTH_CRMS, len(member))
    northern = np.array([country.code in _NORTH for country in COUNTRIES])[persons.country]
    return (member & northern) | both, (member & ~northern) | both


def _prefixed(prefix: str, rng: Rng, size: int) -> Text:
    return np.asarray(prefix + hexes(rng, size, 26), dtype=object)


def _handles(chunk: Chunk, persons: Persons, chosen: Bools) -> Text:
    """Handles that say nothing about the name: whoever links them guesses."""
    words = text(("sunny", "retro", "urban", "misty", "lucky", "velvet", "cosmic", "daily"))
    handle = blank(len(persons.kind))
    rows = np.flatnonzero(chosen)
    drawn = words[below(chunk.rng("handle words"), len(words), len(rows))]
    handle[rows] = [f"@{word}_{n}" for word, n in zip(drawn, chunk.numbers[rows].tolist(), strict=True)]
    return handle
