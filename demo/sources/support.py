"""Support tickets: who is dissatisfied or was let down writes more of them and rates them worse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import DAY, HOUR, Bools, Floats, Ints, Rng, Text, below, between, chance, choose, filled, numbers, only
from demo.frames import Frame, frame
from demo.sources.common import naming
from demo.sources.shop import delivered_at

if TYPE_CHECKING:
    from demo.world import World

_WRITES, _WRITES_WHEN_LATE = 0.05, 0.25
_BY_ACCOUNT, _SAYS_PHONE, _RATES = 0.5, 0.3, 0.45
_SUBJECTS = ("Where is my order?", "Wrong size", "Refund", "Change of address", "Broken on arrival", "Question")
_NOTHING_YET = 0
_ANGRY = -1.2


def support_tickets(world: World) -> Frame:
    """Tickets about orders."""
    purchases, rng = world.purchases, world.chunk.rng("support")
    late = delivered_at(world) > purchases.at + 5 * DAY
    satisfaction = world.persons.satisfaction[purchases.owner]
    share = np.where(late, _WRITES_WHEN_LATE, _WRITES) * np.exp(-0.4 * satisfaction)
    opened = purchases.at + between(rng, 3 * HOUR, 12 * DAY, len(purchases))
    writes = chance(rng, share, len(purchases)) & ~purchases.in_store & (opened < world.chunk.end)
    row = np.flatnonzero(writes)
    owner, opened = purchases.owner[row], opened[row]
    mood = satisfaction[row] - late[row] + rng.normal(0.0, 0.6, len(row))
    by_account = filled(world.accounts.user_id[owner]) & chance(rng, _BY_ACCOUNT, len(row))
    named, mess = naming(
        world, owner, opened, user_id=by_account, email=~by_account, phone=chance(rng, _SAYS_PHONE, len(row))
    )
    times, solved = _answers(rng, opened, mood, world.chunk.end)
    columns = {
        **named,
        "ticket_id": world.chunk.ids("T", len(row)),
        "channel": choose(rng, ("email", "chat", "phone", "form"), (5, 3, 2, 2), len(row)),
        "subject": choose(rng, _SUBJECTS, (4, 2, 2, 1, 1, 2), len(row)),
        "status": np.where(solved, "solved", "open").astype(object),
        "priority": choose(rng, ("low", "normal", "high", "urgent"), (2, 6, 2, 1), len(row)),
        "reopened_count": numbers((mood < _ANGRY) * (1 + below(rng, 2, len(row)))),
        "csat_score": only(solved & chance(rng, _RATES, len(row)), _stars(mood)),
    }
    return frame("support_tickets", owner, columns, times, mess)


def _answers(rng: Rng, opened: Ints, mood: Floats, end: int) -> tuple[dict[str, Ints], Bools]:
    """When a ticket was due, first answered and solved; what lies after the end has not happened."""
    hours = rng.exponential(7.0, len(opened)) * np.exp(-0.25 * mood)
    replied = opened + (hours * HOUR).astype(np.int64)
    solved = replied + (rng.exponential(30.0, len(opened)) * HOUR).astype(np.int64)
    times = {
        "opened_at": opened,
        "due_at": opened + DAY,
        "first_replied_at": np.where(replied < end, replied, _NOTHING_YET),
        "solved_at": np.where(solved < end, solved, _NOTHING_YET),
    }
    return times, np.asarray(solved < end)


def _stars(mood: Floats) -> Text:
    return numbers(np.clip(np.rint(3.7 + 1.1 * mood), 1, 5).astype(np.int64))
