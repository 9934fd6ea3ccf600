"""The tills of the stores and the loyalty scheme."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import (
    DAY,
    Ints,
    Text,
    below,
    between,
    chance,
    filled,
    money,
    numbers,
    only,
    same,
    text,
    total,
)  # fmt: skip
from demo.frames import NOBODY, Frame, frame
from demo.sources.common import naming, purchase_ids
from demo.times import daily

if TYPE_CHECKING:
    from demo.world import World

_STORES = 12
_SHOWS_CARD, _MAIL_RECEIPT, _WALK_INS = 0.85, 0.08, 0.25
_JOINED_WITH_ACCOUNT, _HAS_EMAIL, _HAS_PHONE = 0.7, 0.85, 0.6
_TIERS = ("bronze", "silver", "gold", "platinum")
_TIER_CENTS = (15_000, 45_000, 110_000)
_CENTS_A_POINT = 100


def pos_receipts(world: World) -> list[Frame]:
    """Receipts of our people, and those of passers-by whom nobody knows."""
    purchases, baskets, rng = world.purchases, world.baskets, world.chunk.rng("receipts")
    row = np.flatnonzero(purchases.in_store)
    owner, at = purchases.owner[row], purchases.at[row]
    card = only(chance(rng, _SHOWS_CARD, len(row)), world.accounts.card[owner])
    named, mess = naming(world, owner, at, email=chance(rng, _MAIL_RECEIPT, len(row)))
    columns = {
        **named,
        **_till(world, len(row), "till"),
        "receipt_id": purchase_ids(world)[row],
        "loyalty_card": card,
        "total_amount": money(baskets.total[row]),
        "tax_amount": money(baskets.tax[row]),
        "discount_amount": money(baskets.discount[row]),
    }
    return [frame("pos_receipts", owner, columns, {"sold_at": at}, mess), _walk_ins(world, len(row))]


def _till(world: World, size: int, stream: str) -> dict[str, Text]:
    rng = world.chunk.rng(stream)
    store = below(rng, _STORES, size)
    terminal = below(rng, 4, size)
    return {
        "store_id": text(f"S{n + 1:02d}" for n in store.tolist()),
        "terminal_id": text(f"S{n + 1:02d}-T{t + 1}" for n, t in zip(store.tolist(), terminal.tolist(), strict=True)),
        "status": same("completed", size),
        "currency": same("EUR", size),
    }


def _walk_ins(world: World, known: int) -> Frame:
    """Receipts without a card, of people who are nobody in the truth; their lines are not recorded."""
    rng, size = world.chunk.rng("walk-ins"), round(known * _WALK_INS)
    cents = np.maximum(rng.lognormal(8.4, 0.7, size), 299).astype(np.int64)
    columns = {
        **_till(world, size, "walk-in till"),
        "receipt_id": world.chunk.ids("W", size),
        "total_amount": money(cents),
        "tax_amount": money(cents * 19 // 119),
        "discount_amount": same("0.00", size),
    }
    at = daily(rng, between(rng, world.chunk.start, world.chunk.end, size), opening_hours=True)
    return frame("pos_receipts", np.full(size, NOBODY), columns, {"sold_at": at})


def loyalty_members(world: World) -> Frame:
    """The members; the tier follows from what they bought."""
    persons, purchases, rng = world.persons, world.purchases, world.chunk.rng("loyalty")
    owner = np.flatnonzero(filled(world.accounts.card)).astype(np.int64)
    joined = world.habits.since[owner]
    updated = np.minimum(joined + 30 * DAY, world.chunk.end - 1)
    account = filled(world.accounts.user_id[owner]) & chance(rng, _JOINED_WITH_ACCOUNT, len(owner))
    email = ~account | chance(rng, _HAS_EMAIL, len(owner))
    named, mess = naming(world, owner, joined, user_id=account, email=email, phone=chance(rng, _HAS_PHONE, len(owner)))
    spent = total(purchases.owner, world.baskets.total, len(persons.kind))[owner]
    columns = {
        **named,
        "card_number": world.accounts.card[owner],
        "first_name": persons.first_name[owner],
        "last_name": persons.last_name[owner],
        "birth_date": persons.birth_date[owner],
        "country": persons.names("code")[owner],
        "city": persons.city[owner],
        "postal_code": persons.postal_code[owner],
        "tier": text(_TIERS)[_tier(spent)],
        "points": numbers(spent // _CENTS_A_POINT),
    }
    members = frame("loyalty_members", owner, columns, {"joined_at": joined, "updated_at": updated}, mess)
    return replace(members, known_at=updated)


def _tier(spent: Ints) -> Ints:
    return np.searchsorted(np.array(_TIER_CENTS), spent, side="right").astype(np.int64)
