"""Days after the two years: the same people go on visiting and buying, and some withdraw their consent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import DAY, NEVER, between, chance
from demo.behaviour.baskets import make_baskets
from demo.behaviour.campaigns import Trials
from demo.behaviour.purchases import make_purchases
from demo.behaviour.visits import make_cart_lines, make_visits

if TYPE_CHECKING:
    from demo.chunk import Chunk
    from demo.population.habits import Habits
    from demo.population.permissions import Permissions
    from demo.world import World

_WITHDRAW_A_DAY = 0.0005


def later(world: World, days_later: int, days: int) -> World:
    """The same people on later days.

    Args:
        world: the two years.
        days_later: how many days lie between.
        days: how many days to tell.
    """
    before, chunk = world.chunk, replace(world.chunk, days_later=days_later, days=days)
    habits = _going_on(before, chunk, world.habits)
    purchases = make_purchases(chunk, world.persons, world.accounts, habits)
    baskets = make_baskets(chunk, world.persons, habits, purchases)
    visits = make_visits(chunk, world.persons, habits, world.devices, purchases)
    nobody, never = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
    return replace(
        world,
        chunk=chunk,
        habits=habits,
        permissions=_withdrawn(chunk, world.permissions),
        purchases=purchases,
        trials=Trials(nobody, nobody, nobody, never, never, never),
        baskets=baskets,
        visits=visits,
        cart_lines=make_cart_lines(chunk, habits, visits, baskets),
    )


def _going_on(before: Chunk, chunk: Chunk, habits: Habits) -> Habits:
    """Those who had not gone away keep their rhythm; the next purchase comes at any point of a gap."""
    rng, size = chunk.rng("going on"), chunk.size
    stays = habits.until >= before.end
    visits_a_second = habits.visits / np.maximum(habits.until - habits.since, DAY)
    goes_on = stays & habits.buys & np.isfinite(habits.gap)
    gap = np.where(goes_on, habits.gap, chunk.days * DAY)
    return replace(
        habits,
        since=np.full(size, chunk.start),
        until=np.where(stays, chunk.end, chunk.start + 1),
        buys=goes_on,
        first_buys_at=chunk.start + (rng.random(size) * gap).astype(np.int64),
        visits=rng.poisson(visits_a_second * chunk.days * DAY * stays).astype(np.int64),
    )


def _withdrawn(chunk: Chunk, permissions: Permissions) -> Permissions:
    """Some of those who allow something take it back."""
    rng, size, questions = chunk.rng("later withdrawals"), *permissions.agreed.shape
    owner = np.arange(size, dtype=np.int64)
    now = np.full(size, chunk.start)
    allowed = np.column_stack([permissions.allow(owner, now, question) for question in range(questions)])
    withdraws = allowed & chance(rng, _WITHDRAW_A_DAY * chunk.days, allowed.size).reshape(allowed.shape)
    at = between(rng, chunk.start, chunk.end, allowed.size).reshape(allowed.shape)
    never = np.full(allowed.shape, NEVER)
    return replace(permissions, asked_at=never, withdrawn_at=np.where(withdraws, at, NEVER), granted_again_at=never)
