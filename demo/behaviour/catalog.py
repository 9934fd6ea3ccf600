"""The shop's products and what people choose from them. The same for every chunk and seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import Ints, Rng, Text, below, chance, money, same, text
from demo.frames import NOBODY, Frame, frame

if TYPE_CHECKING:
    from demo.population.habits import Habits

CATEGORIES = ("shoes", "jackets", "dresses", "bags", "sports", "home", "beauty", "electronics")
BRANDS = ("Alder", "Birke", "Cassia", "Dorn", "Esche", "Falk")
_MODELS = 5
_TYPICAL_CENTS = (7900, 12900, 6900, 8900, 4900, 3400, 2400, 14900)
_COST_SHARES = np.array([0.45, 0.40, 0.38, 0.42, 0.55, 0.50, 0.30, 0.70])
_IN_CATEGORY = len(BRANDS) * _MODELS
_FAVOURITE_CATEGORY, _FAVOURITE_BRAND = 0.6, 0.4
SIZE = len(CATEGORIES) * _IN_CATEGORY


def category_of(product: Ints) -> Ints:
    """The category of each product."""
    return product // _IN_CATEGORY


def prices() -> Ints:
    """The price of each product in cents of a euro, tax included."""
    product = np.arange(SIZE, dtype=np.int64)
    factor = np.random.default_rng(20_240_701).lognormal(0.0, 0.45, SIZE)
    cents = np.asarray(_TYPICAL_CENTS)[category_of(product)] * factor
    return np.maximum(cents // 100 * 100 - 1, 499).astype(np.int64)


def product_ids(product: Ints) -> Text:
    """Their keys."""
    return _IDS[product]


def choose_products(rng: Rng, habits: Habits, owner: Ints) -> Ints:
    """One product for each owner, mostly to their taste."""
    size = len(owner)
    tasteful = chance(rng, _FAVOURITE_CATEGORY, size)
    category = np.where(tasteful, habits.category[owner], below(rng, len(CATEGORIES), size))
    loyal = chance(rng, _FAVOURITE_BRAND, size)
    brand = np.where(loyal, habits.brand[owner], below(rng, len(BRANDS), size))
    return np.asarray(category * _IN_CATEGORY + brand * _MODELS + below(rng, _MODELS, size), dtype=np.int64)


def products() -> Frame:
    """The table of products."""
    product = np.arange(SIZE, dtype=np.int64)
    category = category_of(product)
    brand = product // _MODELS % len(BRANDS)
    model = text(("One", "Two", "Pro", "Lite", "Max"))[product % _MODELS]
    price = prices()
    columns = {
        "product_id": product_ids(product),
        "name": text(f"{BRANDS[b]} {CATEGORIES[c]} {m}" for b, c, m in zip(brand, category, model, strict=True)),
        "category": text(CATEGORIES)[category],
        "brand": text(BRANDS)[brand],
        "price": money(price),
        "cost": money((price * _COST_SHARES[category] / 1.19).astype(np.int64)),
        "currency": same("EUR", SIZE),
    }
    return frame("shop_products", np.full(SIZE, NOBODY), columns, {})


_IDS = text(f"SKU-{number:04d}" for number in range(1, SIZE + 1))
