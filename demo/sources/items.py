"""The lines of orders and receipts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import money, numbers
from demo.behaviour.baskets import Lines
from demo.behaviour.catalog import product_ids
from demo.frames import Frame, frame
from demo.sources.common import purchase_ids

if TYPE_CHECKING:
    from demo.world import World


def _items(world: World, table: str, prefix: str, parent: str, *, in_store: bool) -> Frame:
    lines, purchases = world.baskets.lines, world.purchases
    kept = np.flatnonzero(purchases.in_store[lines.purchase] == in_store)
    lines = Lines(*(column[kept] for column in vars(lines).values()))
    owner = purchases.owner[lines.purchase]
    columns = {
        f"{parent}_item_id": world.chunk.ids(prefix, len(kept)),
        f"{parent}_id": purchase_ids(world)[lines.purchase],
        "product_id": product_ids(lines.product),
        "quantity": numbers(lines.quantity),
        "unit_price": money(lines.unit_price),
        "discount_amount": money(lines.discount),
    }
    items = frame(table, owner, columns, {})
    return replace(items, known_at=purchases.at[lines.purchase])


def shop_order_items(world: World) -> Frame:
    """The lines of the orders."""
    return _items(world, "shop_order_items", "I", "order", in_store=False)


def pos_receipt_items(world: World) -> Frame:
    """The lines of the receipts."""
    return _items(world, "pos_receipt_items", "L", "receipt", in_store=True)
