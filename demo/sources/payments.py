"""What was paid for orders, what failed, and what was paid back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import DAY, MINUTE, Ints, between, chance, choose, money, text
from demo.behaviour.purchases import CANCELLED, COMPLETED
from demo.behaviour.visits import NO_PURCHASE
from demo.frames import Frame, frame
from demo.sources.common import naming, purchase_ids
from demo.sources.shop import NOT_DELIVERED, delivered_at

if TYPE_CHECKING:
    from demo.world import World

_PAID, _FAILED, _PENDING = range(3)
_STATUS = ("paid", "failed", "pending")
_FAILS_FIRST, _FAILS_WHILE_PENDING, _PAID_THEN_CANCELLED = 0.05, 0.65, 0.4
_SHOWS_EMAIL = 0.6
_RETURNS, _WHOLLY = 0.06, 0.5
_REASONS = ("too small", "too large", "damaged", "not as described", "changed my mind")


def shop_payments(world: World) -> Frame:
    """One attempt an order, two where the first one failed."""
    visits, purchases, rng = world.visits, world.purchases, world.chunk.rng("payments")
    visit = np.flatnonzero(visits.purchase != NO_PURCHASE).astype(np.int64)
    row = visits.purchase[visit]
    outcome = _outcomes(world, purchases.status[row])
    failed_first = chance(rng, _FAILS_FIRST, len(row)) & (outcome == _PAID)
    visit = np.concatenate([visit, visit[failed_first]])
    status = np.concatenate([outcome, np.full(int(failed_first.sum()), _FAILED)])
    row, owner = visits.purchase[visit], visits.owner[visit]
    first_try = np.concatenate([np.zeros(len(outcome), dtype=bool), np.ones(int(failed_first.sum()), dtype=bool)])
    at = purchases.at[row] - np.where(first_try, 2, 0) * MINUTE
    logged_in = visits.logged_in[visit]
    named, mess = naming(world, owner, at, user_id=logged_in, email=~logged_in | chance(rng, _SHOWS_EMAIL, len(row)))
    columns = {
        **named,
        "payment_id": world.chunk.ids("Y", len(row)),
        "order_id": purchase_ids(world)[row],
        "status": text(_STATUS)[status],
        "method": choose(rng, ("card", "paypal", "klarna", "sepa"), (5, 3, 2, 1), len(row)),
        "amount": money(world.baskets.total[row]),
        "currency": world.baskets.currency[row],
    }
    return frame("shop_payments", owner, columns, {"attempted_at": at}, mess)


def _outcomes(world: World, status: Ints) -> Ints:
    rng = world.chunk.rng("payment outcomes")
    waiting = np.where(chance(rng, _FAILS_WHILE_PENDING, len(status)), _FAILED, _PENDING)
    cancelled = np.where(chance(rng, _PAID_THEN_CANCELLED, len(status)), _PAID, _FAILED)
    return np.where(status == COMPLETED, _PAID, np.where(status == CANCELLED, cancelled, waiting))


def shop_refunds(world: World) -> Frame:
    """Some of what was delivered comes back, more often from those who are dissatisfied."""
    purchases, baskets, rng = world.purchases, world.baskets, world.chunk.rng("refunds")
    arrived = delivered_at(world)
    share = _RETURNS * np.exp(-0.3 * world.persons.satisfaction[purchases.owner])
    at = arrived + between(rng, 2 * DAY, 20 * DAY, len(purchases))
    row = np.flatnonzero((arrived != NOT_DELIVERED) & chance(rng, share, len(purchases)) & (at < world.chunk.end))
    percent = np.where(chance(rng, _WHOLLY, len(row)), 100, rng.integers(1, 10, len(row)) * 10)
    columns = {
        "refund_id": world.chunk.ids("F", len(row)),
        "order_id": purchase_ids(world)[row],
        "amount": money(baskets.total[row] * percent // 100),
        "tax_amount": money(baskets.tax[row] * percent // 100),
        "currency": baskets.currency[row],
        "reason": choose(rng, _REASONS, (1, 1, 1, 1, 1), len(row)),
    }
    return frame("shop_refunds", purchases.owner[row], columns, {"refunded_at": at[row]})
