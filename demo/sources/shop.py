"""The shop: its accounts and its orders."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import DAY, HOUR, NEVER, Ints, chance, filled, money, only, same, text
from demo.behaviour.purchases import PENDING
from demo.behaviour.visits import NO_PURCHASE
from demo.frames import Frame, frame, heaviest, marks
from demo.sources.common import naming, purchase_ids
from demo.times import daily

if TYPE_CHECKING:
    from demo.world import World

_GIVES_BIRTHDAY, _GIVES_HOME = 0.8, 0.9
_ORDER_SHOWS_EMAIL, _ORDER_SHOWS_PHONE, _ORDER_SHOWS_DEVICE = 0.85, 0.35, 0.85
_FIRST_SEEN_PENDING = 0.03
_LATE_DELIVERIES = 0.08
_STATUS = ("completed", "pending", "cancelled")
NOT_DELIVERED = 0


def shop_customers(world: World) -> list[Frame]:
    """The accounts; those whose address changed arrived twice, first with the old one."""
    persons, habits = world.persons, world.habits
    owner = np.flatnonzero(filled(world.accounts.user_id)).astype(np.int64)
    rng = world.chunk.rng("shop customers")
    every = np.ones(len(owner), dtype=bool)
    phone = world.accounts.gave_phone[owner]
    created, changed = habits.since[owner], world.contacts.email_changed_at[owner]
    moved = (changed != NEVER) & (changed > created + 2 * HOUR)
    updated = np.where(moved, changed, created)
    home = chance(rng, _GIVES_HOME, len(owner))
    facts = {
        "first_name": persons.first_name[owner],
        "last_name": persons.last_name[owner],
        "birth_date": only(chance(rng, _GIVES_BIRTHDAY, len(owner)), persons.birth_date[owner]),
        "gender": persons.gender[owner],
        "country": persons.names("code")[owner],
        "city": only(home, persons.city[owner]),
        "postal_code": only(home, persons.postal_code[owner]),
    }
    versions = []
    for at in (updated, created):
        named, mess = naming(world, owner, at, user_id=every, email=every, phone=phone)
        times = {"created_at": created, "updated_at": at}
        versions.append(replace(frame("shop_customers", owner, {**named, **facts}, times, mess), known_at=at))
    return [versions[0], replace(versions[1].take(moved), superseded=True)]


def delivered_at(world: World) -> Ints:
    """When each purchase arrived, or `NOT_DELIVERED`."""
    rng = world.chunk.rng("deliveries")
    purchases = world.purchases
    size = len(purchases)
    late = chance(rng, _LATE_DELIVERIES, size)
    days = np.where(late, rng.integers(5, 11, size), rng.integers(1, 5, size))
    at = daily(rng, purchases.at + days * DAY, opening_hours=True)
    arrived = purchases.completed & ~purchases.in_store & (at < world.chunk.end)
    return np.where(arrived, at, NOT_DELIVERED)


def shop_orders(world: World) -> list[Frame]:
    """The orders; a few arrived twice, first as pending."""
    visits, purchases, baskets = world.visits, world.purchases, world.baskets
    visit = np.flatnonzero(visits.purchase != NO_PURCHASE).astype(np.int64)
    row, owner, tablet = visits.purchase[visit], visits.owner[visit], visits.tablet[visit]
    at, rng = purchases.at[row], world.chunk.rng("shop orders")
    logged_in, on_tablet = visits.logged_in[visit], tablet > 0
    shows_email = ~logged_in | chance(rng, _ORDER_SHOWS_EMAIL, len(row))
    shows_phone = chance(rng, _ORDER_SHOWS_PHONE, len(row))
    named, mess = naming(world, owner, at, user_id=logged_in, email=shows_email, phone=shows_phone)
    shows_device = on_tablet | chance(rng, _ORDER_SHOWS_DEVICE, len(row))
    device = world.devices.anonymous_id[visits.device[visit]]
    columns = {
        **named,
        "order_id": purchase_ids(world)[row],
        "user_id": np.where(on_tablet, world.tablets.user_id[tablet - 1], named["user_id"]),
        "anonymous_id": only(shows_device, np.where(on_tablet, world.tablets.anonymous_id[tablet - 1], device)),
        "first_name": world.persons.first_name[owner],
        "last_name": world.persons.last_name[owner],
        "country": world.persons.names("code")[owner],
        "status": text(_STATUS)[purchases.status[row]],
        "currency": baskets.currency[row],
        "total_amount": money(baskets.total[row]),
        "tax_amount": money(baskets.tax[row]),
        "discount_amount": money(baskets.discount[row]),
    }
    times = {"ordered_at": at, "promised_at": at + 4 * DAY, "delivered_at": delivered_at(world)[row]}
    on_device = heaviest(
        world.devices.mess[visits.device[visit]] * shows_device * ~on_tablet, marks(on_tablet, "store_tablet")
    )
    foreign = marks(baskets.currency[row] != "EUR", "foreign_currency")
    orders = frame("shop_orders", owner, columns, times, mess, on_device, foreign)
    early = (
        (purchases.status[row] != PENDING) & chance(rng, _FIRST_SEEN_PENDING, len(row)) & (at + DAY < world.chunk.end)
    )
    settled = replace(orders, known_at=np.where(early, at + DAY, at))
    return [settled, _as_pending(orders.take(early))]


def _as_pending(orders: Frame) -> Frame:
    pending = orders.with_columns(status=same("pending", len(orders)))
    times = {**orders.times, "delivered_at": np.full(len(orders), NOT_DELIVERED)}
    return replace(pending, times=times, superseded=True)
