"""What lies in each purchase, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import Ints, Text, chance, pick, repeat, same, total
from demo.behaviour.catalog import choose_products, prices
from demo.behaviour.purchases import currencies

if TYPE_CHECKING:
    from demo.behaviour.purchases import Purchases
    from demo.chunk import Chunk
    from demo.population.habits import Habits
    from demo.population.persons import Persons

_LINES = (0.42, 0.30, 0.16, 0.08, 0.04)
_QUANTITIES = (0.86, 0.11, 0.03)
_DISCOUNTED = 0.18
_RATES = {"EUR": 1.0, "GBP": 0.85, "USD": 1.08}
_STORE_TAX = 19


@dataclass(frozen=True)
class Lines:
    """Things of one kind in one purchase; money in cents of the purchase's currency.

    Attributes:
        purchase: the row of the purchase.
        place: the number of the line in it, from 0.
        product: which product.
        quantity: how many.
        unit_price: before discount, tax included.
        discount: of the whole line.
    """

    purchase: Ints
    place: Ints
    product: Ints
    quantity: Ints
    unit_price: Ints
    discount: Ints


@dataclass(frozen=True)
class Baskets:
    """The lines, and the sums of each purchase in cents of its currency.

    Attributes:
        lines: all of them.
        currency: of each purchase.
        total: what was paid, tax included, after discount.
        tax: the tax in it.
        discount: what the discounts of the lines add up to.
        items: how many things.
    """

    lines: Lines
    currency: Text
    total: Ints
    tax: Ints
    discount: Ints
    items: Ints


def make_baskets(chunk: Chunk, persons: Persons, habits: Habits, purchases: Purchases) -> Baskets:
    """Fill the baskets."""
    rng = chunk.rng("baskets")
    size = len(purchases)
    purchase, place = repeat(1 + pick(rng, _LINES, size))
    product = choose_products(rng, habits, purchases.owner[purchase])
    quantity = 1 + pick(rng, _QUANTITIES, len(purchase))
    country = persons.names("code")[purchases.owner]
    foreign = chance(chunk.rng("foreign currency"), chunk.mess.foreign_currency, size) & ~purchases.in_store
    currency = currencies(foreign, country) if size else same("EUR", 0)
    rate = np.array([_RATES[name] for name in currency])
    unit_price = np.rint(prices()[product] * rate[purchase]).astype(np.int64)
    percent = np.where(chance(rng, _DISCOUNTED, len(purchase)), rng.integers(1, 7, len(purchase)) * 5, 0)
    discount = quantity * unit_price * percent // 100
    paid = total(purchase, quantity * unit_price - discount, size)
    tax = np.where(purchases.in_store, _STORE_TAX, persons.names("tax")[purchases.owner].astype(np.int64))
    return Baskets(
        lines=Lines(purchase, place, product, quantity, unit_price, discount),
        currency=currency,
        total=paid,
        tax=np.rint(paid * tax / (100 + tax)).astype(np.int64),
        discount=total(purchase, discount, size),
        items=total(purchase, quantity, size),
    )
