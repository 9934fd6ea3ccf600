"""Two CRM systems that number their contacts alike: 17 in the north is not 17 in the south."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import DAY, Ints, chance, choose, filled, numbers, only, text
from demo.frames import Frame, frame
from demo.population.persons import LEAD
from demo.sources.common import naming

if TYPE_CHECKING:
    from demo.world import World

_HAS_EMAIL, _HAS_PHONE, _HAS_BIRTHDAY = 0.88, 0.55, 0.6


def crm_contacts(world: World) -> list[Frame]:
    """The contacts of both systems."""
    return [
        _contacts(world, "north", np.flatnonzero(world.accounts.in_north)),
        _contacts(world, "south", np.flatnonzero(world.accounts.in_south)),
    ]


def _contacts(world: World, system: str, owner: Ints) -> Frame:
    persons, rng = world.persons, world.chunk.rng(f"crm {system}")
    size = len(owner)
    created = np.minimum(
        world.habits.since[owner] + (rng.exponential(10, size) * DAY).astype(np.int64), world.chunk.end - 2
    )
    updated = created + ((world.chunk.end - created) * rng.random(size) ** 2).astype(np.int64)
    lead = persons.kind[owner] == LEAD
    by_phone = filled(world.accounts.user_id[owner]) & world.accounts.gave_phone[owner]
    email = ~by_phone | chance(rng, _HAS_EMAIL, size)
    named, mess = naming(world, owner, created, email=email, phone=~email | chance(rng, _HAS_PHONE, size))
    stages = choose(rng, ("lead", "opportunity"), (3, 1), size)
    columns = {
        **named,
        "contact_id": numbers(world.chunk.index * world.chunk.options.chunk + 1 + np.arange(size)),
        "first_name": persons.first_name[owner],
        "last_name": persons.last_name[owner],
        "birth_date": only(chance(rng, _HAS_BIRTHDAY, size), persons.birth_date[owner]),
        "gender": persons.gender[owner],
        "country": persons.names("code")[owner],
        "city": persons.city[owner],
        "postal_code": persons.postal_code[owner],
        "lifecycle_stage": np.where(lead, stages, text(["customer"])),
    }
    contacts = frame(f"crm_{system}_contacts", owner, columns, {"created_at": created, "updated_at": updated}, mess)
    return replace(contacts, known_at=updated)
