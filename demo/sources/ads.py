"""Advertising: what people saw and clicked, and what it cost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import DAY, MINUTE, chance, choose, money, numbers, same, text
from demo.frames import NOBODY, Frame, frame, heaviest, marks
from demo.times import dates

if TYPE_CHECKING:
    from demo.chunk import Chunk
    from demo.world import World

_PLATFORMS = ("google", "meta", "tiktok")
_CAMPAIGNS = ("prospecting", "retargeting", "brand")
_SHARES = (5, 3, 2)
_IMPRESSIONS_A_VISIT = 1.0
_CAME_BY_CLICK = 0.06


def ad_touches(world: World) -> Frame:
    """Impressions on devices that visited us, and the clicks that some visits began with."""
    visits, rng = world.visits, world.chunk.rng("ads")
    seen = np.repeat(np.arange(len(visits.owner)), rng.poisson(_IMPRESSIONS_A_VISIT, len(visits.owner)))
    clicked = np.flatnonzero(chance(rng, _CAME_BY_CLICK, len(visits.owner)))
    shown_before = (rng.exponential(6.0, len(seen)) * DAY).astype(np.int64)
    visit = np.concatenate([seen, clicked])
    at = np.concatenate([visits.start[seen] - shown_before, visits.start[clicked] - MINUTE // 6])
    kind = np.concatenate([same("impression", len(seen)), same("click", len(clicked))])
    kept = (at >= world.chunk.start) & (visits.tablet[visit] == 0)
    visit, at, kind = visit[kept], at[kept], kind[kept]
    device, owner = visits.device[visit], visits.owner[visit]
    columns = {
        "touch_id": world.chunk.ids("A", len(visit)),
        "touch_type": kind,
        "platform": choose(rng, _PLATFORMS, _SHARES, len(visit)),
        "campaign_id": choose(rng, _CAMPAIGNS, _SHARES, len(visit)),
        "anonymous_id": world.devices.anonymous_id[device],
        "device_id": world.devices.device_id[device],
    }
    mess = heaviest(world.devices.mess[device], marks(world.persons.is_test[owner], "test_accounts"))
    return frame("ad_touches", owner, columns, {"occurred_at": at}, mess)


def ad_spend(chunk: Chunk) -> Frame:
    """What each platform charged each day. They count more impressions than we see."""
    rng = chunk.rng("ad spend")
    days = np.arange(chunk.start // DAY, chunk.end // DAY, dtype=np.int64)
    pairs = [(platform, campaign) for platform in _PLATFORMS for campaign in _CAMPAIGNS]
    day, pair = np.repeat(days, len(pairs)), np.tile(np.arange(len(pairs)), len(days))
    impressions = rng.poisson(40 + chunk.options.people / 40, len(day)).astype(np.int64)
    clicks = rng.binomial(impressions, 0.03).astype(np.int64)
    columns = {
        "spend_id": text(f"{d}-{pairs[p][0]}-{pairs[p][1]}" for d, p in zip(dates(day), pair.tolist(), strict=True)),
        "spend_date": dates(day),
        "platform": text(platform for platform, _ in pairs)[pair],
        "campaign_id": text(campaign for _, campaign in pairs)[pair],
        "impressions": numbers(impressions),
        "clicks": numbers(clicks),
        "spend": money(clicks * 32 + impressions // 2),
        "currency": same("EUR", len(day)),
    }
    spend = frame("ad_spend", np.full(len(day), NOBODY), columns, {})
    return replace(spend, known_at=np.minimum((day + 1) * DAY, chunk.end - 1))
