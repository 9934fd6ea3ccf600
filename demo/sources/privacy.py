"""Consents given, withdrawn and given again, and requests to be forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import DAY, NEVER, Ints, Text, between, chance, choose, filled, hexes, only, text
from demo.frames import Frame, frame
from demo.population.permissions import QUESTIONS
from demo.population.persons import ANONYMOUS
from demo.sources.common import naming
from demo.times import seconds

if TYPE_CHECKING:
    from demo.world import World

_BY_ACCOUNT, _BY_CARD, _FOR_ONE_RECIPIENT = 0.6, 0.5, 0.03
_ERASURES, _FEWEST = 0.0015, 1
_NEW_POLICY = seconds("2025-05-01")
_RECIPIENTS = ("demo_webhook", "meta", "google")
_SMS = "sms"


def consent_events(world: World) -> Frame:
    """Every answer, in the words of the policy of its day."""
    owner, question, at, granted = _answers(world)
    rng, size = world.chunk.rng("consents"), len(owner)
    channel = text(question.channel for question in QUESTIONS)[question]
    by_account = filled(world.accounts.user_id[owner]) & chance(rng, _BY_ACCOUNT, size)
    by_card = ~by_account & filled(world.accounts.card[owner]) & chance(rng, _BY_CARD, size)
    email = ~by_account & ~by_card
    named, mess = naming(world, owner, at, user_id=by_account, email=email, phone=channel == _SMS)
    single = chance(rng, _FOR_ONE_RECIPIENT, size)
    proof = np.where(granted, "double opt-in ", "request ").astype(object) + hexes(rng, size, 12)
    columns = {
        **named,
        "consent_event_id": world.chunk.ids("K", size),
        "loyalty_card": only(by_card, world.accounts.card[owner]),
        "purpose": text(question.purpose for question in QUESTIONS)[question],
        "channel": channel,
        "recipient": np.where(single, choose(rng, _RECIPIENTS, (2, 1, 1), size), "any"),
        "jurisdiction": world.persons.names("jurisdiction")[owner],
        "decision": np.where(granted, "granted", "withdrawn").astype(object),
        "policy_version": np.where(at < _NEW_POLICY, "2024-01", "2025-05").astype(object),
        "proof": proof,
    }
    return frame("consent_events", owner, columns, {"occurred_at": at}, mess)


def _answers(world: World) -> tuple[Ints, Ints, Ints, Text]:
    """The answers as rows: who, which question, when, yes or no. A first no counts as a withdrawal."""
    permissions = world.permissions
    parts = []
    for times, yes in (
        (permissions.asked_at, permissions.agreed),
        (permissions.withdrawn_at, np.zeros_like(permissions.agreed)),
        (permissions.granted_again_at, np.ones_like(permissions.agreed)),
    ):
        owner, question = np.nonzero((times != NEVER) & (times < world.chunk.end))
        parts.append((owner, question, times[owner, question], yes[owner, question]))
    owner, question, at, granted = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(at, kind="stable")
    return owner[order], question[order], at[order], granted[order]


def erasure_requests(world: World) -> Frame:
    """A few ask to be forgotten."""
    rng, chunk = world.chunk.rng("erasures"), world.chunk
    known = np.flatnonzero((world.persons.kind != ANONYMOUS) & ~world.persons.is_test)
    wanted = min(len(known), max(_FEWEST, round(_ERASURES * chunk.size)))
    owner = np.sort(rng.permutation(known)[:wanted]).astype(np.int64)
    at = between(rng, np.maximum(world.habits.since[owner], chunk.end - 300 * DAY), chunk.end, len(owner))
    by_account = filled(world.accounts.user_id[owner]) & chance(rng, _BY_ACCOUNT, len(owner))
    named, mess = naming(world, owner, at, user_id=by_account, email=np.ones(len(owner), dtype=bool))
    columns = {
        **named,
        "request_id": chunk.ids("X", len(owner)),
        "jurisdiction": world.persons.names("jurisdiction")[owner],
    }
    return frame("erasure_requests", owner, columns, {"requested_at": at}, mess)
