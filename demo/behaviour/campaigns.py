"""Campaigns with random arms, and what they did to those who got them.

Both outcomes of each recipient are drawn, the one with and the one without the campaign, so that the effect is not
estimated but known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import DAY, HOUR, Bools, Ints, chance
from demo.behaviour.purchases import COMPLETED, Purchases, bought_between
from demo.population.permissions import MARKETING_BY_EMAIL
from demo.population.persons import STORE
from demo.times import daily

if TYPE_CHECKING:
    from demo.chunk import Chunk
    from demo.population.habits import Habits
    from demo.population.permissions import Permissions
    from demo.population.persons import Persons

WINDOW = 14 * DAY
"""A purchase counts as a conversion up to this long after the send."""


@dataclass(frozen=True)
class Campaign:
    """One campaign.

    Attributes:
        campaign_id: its key.
        days_before_end: when it is sent.
        lift: of those who would not have bought, how many buy because of it.
    """

    campaign_id: str
    days_before_end: int
    lift: float


CAMPAIGNS: tuple[Campaign, ...] = (
    Campaign("autumn_coupon", 640, 0.08),
    Campaign("winter_sale", 520, 0.12),
    Campaign("spring_lookbook", 400, 0.0),
    Campaign("summer_preview", 280, 0.06),
    Campaign("anniversary", 160, 0.10),
    Campaign("june_thank_you", 40, 0.08),
)
_SHARE_ASKED, _SHARE_TREATED = 0.55, 0.5
_LATEST_EXTRA_DAYS = 12


@dataclass(frozen=True)
class Trials:
    """One row for each person in each campaign.

    Attributes:
        owner: the person.
        campaign: index into `CAMPAIGNS`.
        sent_at: when it was, or would have been, sent.
        treated: the arm, tossed by a coin.
        converts_untreated: whether the person buys within the window without it.
        converts_treated: whether the person buys within the window with it.
    """

    owner: Ints
    campaign: Ints
    sent_at: Ints
    treated: Bools
    converts_untreated: Bools
    converts_treated: Bools

    @property
    def converted(self) -> Bools:
        """What happened."""
        return np.where(self.treated, self.converts_treated, self.converts_untreated)


def make_trials(
    chunk: Chunk, persons: Persons, habits: Habits, permissions: Permissions, purchases: Purchases
) -> tuple[Trials, Purchases]:
    """Draw the arms, and the purchases that the campaigns bring about."""
    parts = [_assign(chunk, persons, habits, permissions, index) for index in range(len(CAMPAIGNS))]
    owner, campaign, sent_at = (np.concatenate(column) for column in zip(*parts, strict=True))
    rng = chunk.rng("campaign effects")
    size = len(owner)
    lift = np.array([c.lift for c in CAMPAIGNS])[campaign]
    untreated = bought_between(purchases, owner, sent_at, sent_at + WINDOW)
    treated = untreated | chance(rng, lift, size)
    trials = Trials(owner, campaign, sent_at, chance(rng, _SHARE_TREATED, size), untreated, treated)
    extra = trials.treated & treated & ~untreated
    buyers, in_store = owner[extra], (persons.kind == STORE)[owner[extra]]
    at = sent_at[extra] + DAY + (rng.random(len(buyers)) * _LATEST_EXTRA_DAYS * DAY).astype(np.int64)
    at = np.where(in_store, daily(rng, at, opening_hours=True), at)
    return trials, Purchases(buyers, at, in_store, np.full(len(buyers), COMPLETED))


def _assign(
    chunk: Chunk, persons: Persons, habits: Habits, permissions: Permissions, index: int
) -> tuple[Ints, Ints, Ints]:
    """Who takes part in a campaign: customers so far who allow marketing by email."""
    sent_at = chunk.end - CAMPAIGNS[index].days_before_end * DAY + 9 * HOUR
    everybody = np.arange(chunk.size, dtype=np.int64)
    takes_part = (habits.since < sent_at) & habits.buys & ~persons.is_test
    takes_part &= permissions.allow(everybody, np.full(chunk.size, sent_at), MARKETING_BY_EMAIL)
    takes_part &= chance(chunk.rng(f"campaign {index}"), _SHARE_ASKED, chunk.size)
    owner = np.flatnonzero(takes_part).astype(np.int64)
    return owner, np.full(len(owner), index), np.full(len(owner), sent_at)
