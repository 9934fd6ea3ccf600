"""What several sources share: how a record names its person, and the keys of carts and orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import Bools, Ints, Text, only
from demo.frames import heaviest, marks

if TYPE_CHECKING:
    from demo.world import World

NOBODYS = -1
"""A cart or product number that stands for none."""


def naming(world: World, owner: Ints, at: Ints, **shown: Bools) -> tuple[dict[str, Text], Ints]:
    """The columns by which records name their person, and the mess in that.

    Args:
        world: the people.
        owner: who is meant.
        at: when the record was made; people change their addresses.
        shown: of the columns `user_id`, `email` and `phone` those that the source has, and on which records each one
            stands (for those who have one).
    """
    columns: dict[str, Text] = {}
    mess = marks(world.persons.is_test[owner], "test_accounts")
    if "user_id" in shown:
        columns["user_id"] = only(shown["user_id"], world.accounts.user_id[owner])
    for name, look_up in (("email", world.contacts.emails), ("phone", world.contacts.phones)):
        if name in shown:
            columns[name], its_mess = look_up(owner, at, shown[name])
            mess = heaviest(mess, its_mess)
    return columns, mess


def cart_ids(world: World, cart: Ints) -> Text:
    """The keys of carts, by number."""
    every = world.chunk.ids("C", int(world.visits.cart.max(initial=0)) + 1)
    return only(cart != NOBODYS, every[cart])


def purchase_ids(world: World) -> Text:
    """The key of each purchase: an order's or a receipt's."""
    keys = world.chunk.ids("O", len(world.purchases))
    receipts = world.chunk.ids("R", len(world.purchases))
    return np.where(world.purchases.in_store, receipts, keys)
