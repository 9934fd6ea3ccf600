"""What a data provider claims about people: some of it old or contradictory, some about people we do not know."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import DAY, Bools, Ints, Rng, Text, between, chance, choose, filled, mapped, only, repeat, text
from demo.frames import NOBODY, Frame, frame
from demo.sources.common import naming

if TYPE_CHECKING:
    from demo.world import World

_TAGS = (
    ("home_ownership", ("owner", "renter")),
    ("income_band", ("low", "middle", "high")),
    ("main_interest", ("cooking", "gardening", "outdoor", "technology", "travel")),
    ("vehicle", ("no car", "petrol", "electric")),
)
_PROVIDERS = ("datahaus", "infopanel")
_KNOWN_SHARE, _TAGS_A_PERSON, _STRANGERS, _RIGHT = 0.2, 4.0, 0.1, 0.7
_KEYS, _KEY_SHARES = ("email", "email_sha256", "phone", "phone_sha256"), (4, 4, 1, 1)
_VALID_DAYS, _SAYS_EXPIRY = (90, 180, 365), 0.9
_NO_EXPIRY = 0


def enrichment_tags(world: World) -> Frame:
    """Tags of some of our people and of strangers, keyed by an address or a number, plain or hashed."""
    rng = world.chunk.rng("enrichment")
    known = np.flatnonzero(chance(rng, _KNOWN_SHARE, world.chunk.size)).astype(np.int64)
    strangers = np.full(round(len(known) * _STRANGERS), NOBODY, dtype=np.int64)
    described = np.concatenate([known, strangers])
    row, _ = repeat(1 + rng.poisson(_TAGS_A_PERSON, len(described)).astype(np.int64))
    owner, size = described[row], len(row)
    at = between(rng, world.chunk.start, world.chunk.end, size)
    keys, mess = _keys(world, rng, row, owner, at)
    columns = {
        **keys,
        **_claims(rng, row),
        "tag_id": world.chunk.ids("E", size),
        "confidence": text(f"{percent / 100:.2f}" for percent in between(rng, 40, 100, size).tolist()),
        "provider": choose(rng, _PROVIDERS, (3, 2), size),
    }
    days = np.array(_VALID_DAYS, dtype=np.int64)[rng.integers(0, len(_VALID_DAYS), size)]
    expires = np.where(chance(rng, _SAYS_EXPIRY, size), at + days * DAY, _NO_EXPIRY)
    return frame(
        "enrichment_tags", owner, columns, {"observed_at": at, "expires_at": expires}, mess * (owner != NOBODY)
    )


def _claims(rng: Rng, row: Ints) -> dict[str, Text]:
    """A tag and its value. Each person has one true value of a tag; now and then a claim names any other."""
    size = len(row)
    tag = rng.integers(0, len(_TAGS), size)
    true, any_other = (row * 7 + tag * 3) % 997 / 997, rng.random(size)
    drawn = np.where(chance(rng, _RIGHT, size), true, any_other)
    pairs = zip(tag.tolist(), drawn.tolist(), strict=True)
    values = text(_TAGS[number][1][int(share * len(_TAGS[number][1]))] for number, share in pairs)
    return {"tag": text(name for name, _ in _TAGS)[tag], "tag_value": values}


def _keys(world: World, rng: Rng, row: Ints, owner: Ints, at: Ints) -> tuple[dict[str, Text], Ints]:
    """One key a row; a stranger's address is one that no source of ours knows."""
    kind = choose(rng, _KEYS, _KEY_SHARES, len(row))
    stranger: Bools = owner == NOBODY
    every = np.ones(len(row), dtype=bool)
    named, mess = naming(world, np.maximum(owner, 0), at, email=every, phone=every)
    email = np.where(
        stranger, text(f"stranger{n}.{world.chunk.index}@elsewhere.example" for n in row.tolist()), named["email"]
    )
    by_phone = np.char.startswith(kind.astype(str), "phone") & filled(named["phone"]) & ~stranger
    hashed = np.char.endswith(kind.astype(str), "sha256")
    keys = {
        "email": only(~by_phone & ~hashed, email),
        "email_sha256": only(~by_phone & hashed, _hashed(email)),
        "phone": only(by_phone & ~hashed, named["phone"]),
        "phone_sha256": only(by_phone & hashed, _hashed(named["phone"])),
    }
    return keys, mess


def _hashed(column: Text) -> Text:
    return mapped(lambda value: sha256(value.encode()).hexdigest() if value else None, column)
