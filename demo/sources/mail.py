"""What became of every newsletter and campaign mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import DAY, HOUR, MINUTE, Bools, Ints, Text, between, chance, same, text
from demo.behaviour.campaigns import CAMPAIGNS
from demo.frames import Frame, frame
from demo.population.permissions import MARKETING_BY_EMAIL
from demo.sources.common import naming

if TYPE_CHECKING:
    from demo.world import World

_NEWSLETTERS = 8
_EVERY_DAYS = 90
_BOUNCES, _COMPLAINS, _CLICKS, _MACHINE_OPENS = 0.006, 0.0008, 0.18, 0.15
_SENT, _DELIVERED, _OPEN, _CLICK, _BOUNCE, _COMPLAINT = range(6)
_TYPES = ("sent", "delivered", "open", "click", "bounce", "complaint")


def campaign_sends(world: World) -> Frame:
    """Who was in which arm; the control group is listed too, and got nothing."""
    trials = world.trials
    every = np.ones(len(trials.owner), dtype=bool)
    named, mess = naming(world, trials.owner, trials.sent_at, user_id=every, email=every)
    columns = {
        **named,
        "send_id": world.chunk.ids("N", len(trials.owner)),
        "campaign_id": text(campaign.campaign_id for campaign in CAMPAIGNS)[trials.campaign],
        "channel": same("email", len(trials.owner)),
        "arm": np.where(trials.treated, "treatment", "control").astype(object),
    }
    return frame("campaign_sends", trials.owner, columns, {"sent_at": trials.sent_at}, mess)


def email_events(world: World) -> Frame:
    """Sent, delivered or bounced, opened by the person or a machine, clicked, complained about."""
    owner, sent_at, campaign = _mails(world)
    mail, kind, machine, after = _fates(world, owner)
    at = sent_at[mail] + after
    inside = at < world.chunk.end
    mail, kind, machine, at = mail[inside], kind[inside], machine[inside], at[inside]
    every = np.ones(len(mail), dtype=bool)
    named, mess = naming(world, owner[mail], sent_at[mail], email=every)
    columns = {
        **named,
        "email_event_id": world.chunk.ids("M", len(mail)),
        "campaign_id": campaign[mail],
        "message_id": world.chunk.ids("MSG", len(owner))[mail],
        "event_type": text(_TYPES)[kind],
        "is_machine_open": np.where(machine, "true", "false").astype(object),
    }
    return frame("email_events", owner[mail], columns, {"occurred_at": at}, mess)


def _mails(world: World) -> tuple[Ints, Ints, Text]:
    """Every mail that was sent: the treated, and at each newsletter all who allow it."""
    chunk, treated = world.chunk, world.trials.treated
    campaign_names = text(campaign.campaign_id for campaign in CAMPAIGNS)
    owners, times = [world.trials.owner[treated]], [world.trials.sent_at[treated]]
    names = [campaign_names[world.trials.campaign[treated]]]
    everybody = np.arange(chunk.size, dtype=np.int64)
    for number in range(_NEWSLETTERS):
        at = chunk.end - (10 + number * _EVERY_DAYS) * DAY + 8 * HOUR
        allowed = world.permissions.allow(everybody, np.full(chunk.size, at), MARKETING_BY_EMAIL)
        owner = np.flatnonzero(allowed & ~world.persons.is_test)
        owners.append(owner)
        times.append(np.full(len(owner), at))
        names.append(same(f"newsletter_{_NEWSLETTERS - number}", len(owner)))
    return np.concatenate(owners), np.concatenate(times), np.concatenate(names)


def _fates(world: World, owner: Ints) -> tuple[Ints, Ints, Bools, Ints]:
    """For each event: the mail, the kind, whether a machine did it, and seconds since the mail was sent."""
    rng, size = world.chunk.rng("mail"), len(owner)
    bad_mailbox = chance(rng, _BOUNCES, world.chunk.size)
    bounced = bad_mailbox[owner]
    opened = ~bounced & chance(rng, world.habits.opens_mail[owner], size)
    machine = ~bounced & chance(rng, _MACHINE_OPENS, size)
    clicked = opened & chance(rng, _CLICKS, size)
    complained = opened & ~clicked & chance(rng, _COMPLAINS * 3, size)
    read = between(rng, MINUTE, 2 * DAY, size)
    everything, at_once = np.ones(size, dtype=bool), np.zeros(size, dtype=np.int64)
    parts: tuple[tuple[Bools, int, bool, Ints], ...] = (
        (everything, _SENT, False, at_once),
        (~bounced, _DELIVERED, False, at_once + 20),
        (bounced, _BOUNCE, False, at_once + 30),
        (machine, _OPEN, True, at_once + 45),
        (opened, _OPEN, False, read),
        (clicked, _CLICK, False, read + 40),
        (complained, _COMPLAINT, False, read + 90),
    )
    mails = [np.flatnonzero(mask) for mask, *_ in parts]
    counts = [len(mail) for mail in mails]
    return (
        np.concatenate(mails),
        np.repeat([kind for _, kind, _, _ in parts], counts),
        np.repeat([by_machine for _, _, by_machine, _ in parts], counts),
        np.concatenate([after[mail] for (_, _, _, after), mail in zip(parts, mails, strict=True)]),
    )
