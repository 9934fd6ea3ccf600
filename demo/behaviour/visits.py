"""Visits to web and app: those that end in an order, those that leave a cart behind, and those that just look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import MINUTE, Bools, Ints, Text, chance, first_rows, pick, repeat, uuids
from demo.behaviour.catalog import choose_products, prices
from demo.behaviour.purchases import shop_only
from demo.population.accounts import user_ids
from demo.population.devices import WEB
from demo.population.persons import ACCOUNT, ANONYMOUS
from demo.times import daily

if TYPE_CHECKING:
    from demo.behaviour.baskets import Baskets
    from demo.behaviour.purchases import Purchases
    from demo.chunk import Chunk
    from demo.population.devices import Devices
    from demo.population.habits import Habits
    from demo.population.persons import Persons

NO_PURCHASE = -1
TABLETS = 2
_TABLET_NUMBERS = 41_234_567
_SHORTEST, _LONGEST = 12 * MINUTE, 35 * MINUTE
_LOGS_IN_TO_BUY, _LOGS_IN_TO_LOOK, _LOGS_IN_ON_APP = 0.92, 0.2, 0.7
_LEAVES_A_CART = 0.3
_CART_LINES = (0.55, 0.3, 0.15)
_VIEWS = (0.45, 0.3, 0.15, 0.07, 0.03)


@dataclass(frozen=True)
class Visits:
    """Visits, ordered by owner and time.

    Attributes:
        owner: who came.
        start: when.
        device: the row of the device; on the store's tablet it means nothing.
        purchase: the row of the purchase that ended it, or `NO_PURCHASE`.
        logged_in: the person logs in with the shop account.
        says_email: the person gives the email address without logging in.
        tablet: the number of the store's tablet on which it happened, from 1, or 0.
        views: how many products were looked at beside those in the cart.
        cart: the number of the cart, from 0, or -1.
    """

    owner: Ints
    start: Ints
    device: Ints
    purchase: Ints
    logged_in: Bools
    says_email: Bools
    tablet: Ints
    views: Ints
    cart: Ints


@dataclass(frozen=True)
class CartLines:
    """What was laid into carts; prices in cents of the currency of the cart."""

    visit: Ints
    product: Ints
    quantity: Ints
    unit_price: Ints


@dataclass(frozen=True)
class Tablets:
    """The stores' tablets of a chunk: each is logged in for good, with an account number like anybody's."""

    user_id: Text
    anonymous_id: Text

    @property
    def every_id(self) -> Text:
        """All identifiers that name a tablet and no person."""
        return np.concatenate([self.user_id, self.anonymous_id])


def make_tablets(chunk: Chunk) -> Tablets:
    """The tablets; their numbers lie beyond those of the people."""
    numbers = np.arange(TABLETS, dtype=np.int64) + _TABLET_NUMBERS + chunk.index * TABLETS
    return Tablets(user_ids(numbers), uuids(chunk.rng("tablets"), TABLETS))


def make_visits(chunk: Chunk, persons: Persons, habits: Habits, devices: Devices, purchases: Purchases) -> Visits:
    """Draw the visits; each order has one."""
    rng = chunk.rng("visits")
    buying, looking = shop_only(purchases), np.repeat(np.arange(chunk.size, dtype=np.int64), habits.visits)
    moments = habits.since[looking] + rng.random(len(looking)) * (habits.until - habits.since)[looking]
    lead = rng.integers(_SHORTEST, _LONGEST, len(buying))
    owner = np.concatenate([purchases.owner[buying], looking])
    start = np.concatenate([purchases.at[buying] - lead, np.maximum(daily(rng, moments), habits.since[looking])])
    purchase = np.concatenate([buying, np.full(len(looking), NO_PURCHASE)])
    order = np.lexsort((start, owner))
    owner, start, purchase = owner[order], start[order], purchase[order]
    device = _device(chunk, devices, owner, purchase)
    tablet = _tablet(chunk, persons, owner, purchase)
    reveals = _reveals(chunk, persons, devices, (owner, device, purchase, tablet))
    member = persons.kind[owner] == ACCOUNT
    size = len(owner)
    has_cart = (purchase != NO_PURCHASE) | chance(rng, _LEAVES_A_CART, size)
    return Visits(
        owner=owner,
        start=start,
        device=device,
        purchase=purchase,
        logged_in=reveals & member & (tablet == 0),
        says_email=(reveals & ~member) | (tablet > 0),
        tablet=tablet,
        views=pick(rng, _VIEWS, size) + (purchase == NO_PURCHASE),
        cart=np.where(has_cart, np.cumsum(has_cart) - 1, -1),
    )


def _device(chunk: Chunk, devices: Devices, owner: Ints, purchase: Ints) -> Ints:
    """Any device to look; to buy, one on which the person may say who they are."""
    device = devices.pick(chunk.rng("visited devices"), owner)
    hidden = (purchase != NO_PURCHASE) & ~devices.reveals[device]
    return np.where(hidden, devices.first[owner], device)


def _tablet(chunk: Chunk, persons: Persons, owner: Ints, purchase: Ints) -> Ints:
    rng = chunk.rng("tablet visits")
    used = chance(rng, chunk.mess.store_tablet, len(owner)) & (purchase != NO_PURCHASE) & ~persons.is_test[owner]
    return np.asarray(used * rng.integers(1, TABLETS + 1, len(owner)))


def _reveals(chunk: Chunk, persons: Persons, devices: Devices, visits: tuple[Ints, Ints, Ints, Ints]) -> Bools:
    """The first visit on a device says who the person is; later ones often."""
    owner, device, purchase, tablet = visits
    rng = chunk.rng("logins")
    share = np.where(devices.platform[device] == WEB, _LOGS_IN_TO_LOOK, _LOGS_IN_ON_APP)
    share = np.where(purchase == NO_PURCHASE, share, _LOGS_IN_TO_BUY)
    own = np.where(tablet == 0, device, -tablet)
    reveals = chance(rng, share, len(owner)) | first_rows(owner, own)
    return np.asarray(reveals & devices.reveals[device] & (persons.kind[owner] != ANONYMOUS))


def make_cart_lines(chunk: Chunk, habits: Habits, visits: Visits, baskets: Baskets) -> CartLines:
    """What was laid into carts: what was bought, and what was left behind."""
    rng = chunk.rng("cart lines")
    visit_of = np.full(len(baskets.total), NO_PURCHASE)
    bought = np.flatnonzero(visits.purchase != NO_PURCHASE)
    visit_of[visits.purchase[bought]] = bought
    lines = baskets.lines
    in_shop = visit_of[lines.purchase] != NO_PURCHASE
    left = np.flatnonzero((visits.cart >= 0) & (visits.purchase == NO_PURCHASE))
    row, _ = repeat(1 + pick(rng, _CART_LINES, len(left)))
    product = choose_products(rng, habits, visits.owner[left[row]])
    return CartLines(
        visit=np.concatenate([visit_of[lines.purchase[in_shop]], left[row]]),
        product=np.concatenate([lines.product[in_shop], product]),
        quantity=np.concatenate([lines.quantity[in_shop], np.ones(len(row), dtype=np.int64)]),
        unit_price=np.concatenate([lines.unit_price[in_shop], prices()[product]]),
    )
