"""Everything that is true about one chunk of people; the sources write what they see of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from demo.behaviour.baskets import Baskets, make_baskets
from demo.behaviour.campaigns import Trials, make_trials
from demo.behaviour.purchases import Purchases, make_purchases, ordered
from demo.behaviour.visits import CartLines, Tablets, Visits, make_cart_lines, make_tablets, make_visits
from demo.population.accounts import Accounts, make_accounts
from demo.population.contacts import Contacts, make_contacts
from demo.population.devices import Devices, make_devices
from demo.population.habits import Habits, make_habits
from demo.population.permissions import Permissions, make_permissions
from demo.population.persons import Persons, make_persons

if TYPE_CHECKING:
    from demo.chunk import Chunk


@dataclass(frozen=True)
class World:
    """One chunk of people, and what they did."""

    chunk: Chunk
    persons: Persons
    contacts: Contacts
    accounts: Accounts
    devices: Devices
    habits: Habits
    permissions: Permissions
    purchases: Purchases
    trials: Trials
    baskets: Baskets
    tablets: Tablets
    visits: Visits
    cart_lines: CartLines


def make_world(chunk: Chunk) -> World:
    """Draw one chunk of people and two years of their lives."""
    persons = make_persons(chunk)
    contacts = make_contacts(chunk, persons)
    accounts = make_accounts(chunk, persons)
    devices = make_devices(chunk, persons, accounts)
    habits = make_habits(chunk, persons)
    permissions = make_permissions(chunk, persons, habits)
    untouched = make_purchases(chunk, persons, accounts, habits)
    trials, extra = make_trials(chunk, persons, habits, permissions, untouched)
    purchases = ordered(untouched, extra)
    baskets = make_baskets(chunk, persons, habits, purchases)
    visits = make_visits(chunk, persons, habits, devices, purchases)
    cart_lines = make_cart_lines(chunk, habits, visits, baskets)
    tablets = make_tablets(chunk)
    return World(
        chunk, persons, contacts, accounts, devices, habits, permissions, purchases, trials, baskets, tablets, visits,
        cart_lines,
    )  # fmt: skip
