"""Carts, those that became orders and those left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import MINUTE, chance, money, numbers, same, total
from demo.behaviour.visits import NO_PURCHASE
from demo.frames import Frame, frame, heaviest, marks
from demo.sources.common import cart_ids, naming

if TYPE_CHECKING:
    from demo.world import World

_SAYS_EMAIL = 0.12


def shop_carts(world: World) -> Frame:
    """Every cart, as it was last seen."""
    visits, lines, rng = world.visits, world.cart_lines, world.chunk.rng("carts")
    size = len(visits.owner)
    items = total(lines.visit, lines.quantity, size)
    value = total(lines.visit, lines.quantity * lines.unit_price, size)
    visit = np.flatnonzero(visits.cart >= 0).astype(np.int64)
    owner, tablet, device = visits.owner[visit], visits.tablet[visit], visits.device[visit]
    on_tablet = tablet > 0
    at = visits.start[visit] + 2 * MINUTE
    says_email = world.devices.reveals[device] & chance(rng, _SAYS_EMAIL, len(visit))
    named, mess = naming(world, owner, at, user_id=visits.logged_in[visit], email=says_email | on_tablet)
    currency = same("EUR", len(visit))
    bought = visits.purchase[visit] != NO_PURCHASE
    currency[bought] = world.baskets.currency[visits.purchase[visit[bought]]]
    columns = {
        **named,
        "cart_id": cart_ids(world, visits.cart[visit]),
        "user_id": np.where(on_tablet, world.tablets.user_id[tablet - 1], named["user_id"]),
        "anonymous_id": np.where(on_tablet, world.tablets.anonymous_id[tablet - 1], world.devices.anonymous_id[device]),
        "items_count": numbers(items[visit]),
        "cart_value": money(value[visit]),
        "currency": currency,
    }
    on_device = heaviest(world.devices.mess[device] * ~on_tablet, marks(on_tablet, "store_tablet"))
    times = {"created_at": at, "updated_at": np.minimum(at + 5 * MINUTE, world.chunk.end - 1)}
    return frame("shop_carts", owner, columns, times, mess, on_device)
