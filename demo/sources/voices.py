"""What people say: on social networks and in surveys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import DAY, Ints, Rng, between, blank, chance, choose, filled, numbers, only, repeat, same, text
from demo.frames import Frame, frame, heaviest, marks
from demo.sources.common import naming
from demo.times import daily

if TYPE_CHECKING:
    from demo.world import World

_NETWORKS = ("instagram", "x", "tiktok")
_INTERACTIONS = ("comment", "like", "mention", "message", "follow")
_QUESTIONS = (
    ("What matters most when you buy?", ("price", "quality", "sustainability", "brand", "service")),
    ("How would you describe your style?", ("classic", "sporty", "trendy", "practical")),
    ("How do you discover new products?", ("friends", "social media", "stores", "newsletters", "search")),
)
_NPS_SHARE, _PSYCHOGRAPHIC_SHARE, _BY_ACCOUNT, _WRITES_WITHOUT_UNIONID = 0.16, 0.06, 0.6, 0.1


def social_interactions(world: World) -> Frame:
    """Under a handle that nothing else knows, or in WeChat, where the ids are known."""
    accounts, rng = world.accounts, world.chunk.rng("social")
    wechat = filled(accounts.wechat_openid) & (world.habits.visits > 0)
    speakers = np.flatnonzero(filled(accounts.handle) | wechat)
    row, _ = repeat(1 + rng.poisson(3.0, len(speakers)).astype(np.int64))
    owner = speakers[row].astype(np.int64)
    on_wechat, size = wechat[owner], len(owner)
    network = text(_NETWORKS)[owner % len(_NETWORKS)]
    columns = {
        "interaction_id": world.chunk.ids("V", size),
        "network": np.where(on_wechat, "wechat", network),
        "handle": only(~on_wechat, accounts.handle[owner]),
        "wechat_openid": only(on_wechat, accounts.wechat_openid[owner]),
        "wechat_unionid": only(on_wechat & ~chance(rng, _WRITES_WITHOUT_UNIONID, size), accounts.wechat_unionid[owner]),
        "interaction_type": choose(rng, _INTERACTIONS, (3, 6, 1, 1, 1), size),
        "sentiment": _sentiment(rng, world.persons.satisfaction[owner]),
    }
    at = daily(rng, between(rng, world.habits.since[owner], world.chunk.end, size))
    mess = heaviest(marks(~on_wechat, "unlinked_handles"), marks(world.persons.is_test[owner], "test_accounts"))
    return frame("social_interactions", owner, columns, {"occurred_at": at}, mess)


def _sentiment(rng: Rng, satisfaction: np.ndarray) -> np.ndarray:
    mood = np.clip(np.rint(satisfaction + rng.normal(0.0, 0.8, len(satisfaction))), -1, 1).astype(np.int64)
    return text(("negative", "neutral", "positive"))[mood + 1]


def survey_responses(world: World) -> list[Frame]:
    """Would you recommend us, and what kind of person are you?"""
    return [_nps(world), _psychographic(world)]


def _nps(world: World) -> Frame:
    rng = world.chunk.rng("nps")
    owner = _asked(world, rng, _NPS_SHARE)
    size = len(owner)
    score = np.clip(np.rint(7.3 + 1.7 * world.persons.satisfaction[owner] + rng.normal(0, 0.7, size)), 0, 10)
    columns = {
        "response_id": world.chunk.ids("Q", size),
        "survey_type": same("nps", size),
        "question": same("How likely are you to recommend us?", size),
        "score": numbers(score.astype(np.int64)),
        "answer": blank(size),
    }
    return _answered(world, rng, owner, columns)


def _psychographic(world: World) -> Frame:
    rng = world.chunk.rng("psychographic")
    people = _asked(world, rng, _PSYCHOGRAPHIC_SHARE)
    owner, number = np.repeat(people, len(_QUESTIONS)), np.tile(np.arange(len(_QUESTIONS)), len(people))
    options = [_QUESTIONS[n][1] for n in number.tolist()]
    choice = rng.random(len(owner))
    columns = {
        "response_id": world.chunk.ids("QP", len(owner)),
        "survey_type": same("psychographic", len(owner)),
        "question": text(question for question, _ in _QUESTIONS)[number],
        "score": blank(len(owner)),
        "answer": text(words[int(c * len(words))] for words, c in zip(options, choice.tolist(), strict=True)),
    }
    return _answered(world, rng, owner, columns)


def _asked(world: World, rng: Rng, share: float) -> Ints:
    return np.flatnonzero(world.habits.buys & chance(rng, share, world.chunk.size)).astype(np.int64)


def _answered(world: World, rng: Rng, owner: Ints, columns: dict[str, np.ndarray]) -> Frame:
    at = daily(rng, between(rng, world.habits.first_buys_at[owner], world.chunk.end - DAY, len(owner)))
    by_account = filled(world.accounts.user_id[owner]) & chance(rng, _BY_ACCOUNT, len(owner))
    named, mess = naming(world, owner, at, user_id=by_account, email=~by_account)
    return frame("survey_responses", owner, {**columns, **named}, {"answered_at": at}, mess)
