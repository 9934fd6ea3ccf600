"""The browsers, phones and mini programs of a chunk of people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import Bools, Ints, Rng, Text, chance, filled, only, pick, text, uuids
from demo.frames import marks
from demo.population.persons import ANONYMOUS, STORE

if TYPE_CHECKING:
    from demo.chunk import Chunk
    from demo.population.accounts import Accounts
    from demo.population.persons import Persons

PLATFORMS = ("web", "ios", "android", "wechat_mini_program")
WEB, IOS, ANDROID, WECHAT = range(4)
AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/141.0",
    "KindredShop/5.2 (iPhone; iOS 18.5)",
    "KindredShop/5.2 (Android 15)",
    "Mozilla/5.0 MicroMessenger/8.0.50 miniProgram",
)
_DEVICES = (0.50, 0.38, 0.12)
_PLATFORM_SHARES = (0.6, 0.2, 0.2)


@dataclass(frozen=True)
class Devices:
    """Devices, each one's first device first; several rows of one person stand together.

    Attributes:
        first: for each person, the row of the first device.
        count: for each person, how many.
        platform: index into `PLATFORMS`.
        anonymous_id: the cookie or the installation; a partner's where the device is shared.
        device_id: the hardware's; apps know it, browsers do not.
        reveals: whether the person ever says on it who they are.
        mess: the code of mess of what happens on it.
    """

    first: Ints
    count: Ints
    platform: Ints
    anonymous_id: Text
    device_id: Text
    reveals: Bools
    mess: Ints

    def pick(self, rng: Rng, owner: Ints) -> Ints:
        """A device of each owner, mostly the first."""
        count = self.count[owner]
        other = 1 + (rng.random(len(owner)) * (count - 1)).astype(np.int64)
        return np.asarray(self.first[owner] + np.where((count > 1) & chance(rng, 0.35, len(owner)), other, 0))


def make_devices(chunk: Chunk, persons: Persons, accounts: Accounts) -> Devices:
    """Draw the devices. Who never identifies has one; who has WeChat has the mini program first."""
    rng = chunk.rng("devices")
    alone = np.isin(persons.kind, (ANONYMOUS, STORE))
    count = np.where(alone, 1, 1 + pick(rng, _DEVICES, chunk.size))
    first = np.cumsum(count) - count
    owner = np.repeat(np.arange(chunk.size), count)
    place = np.arange(len(owner)) - first[owner]
    platform = pick(rng, _PLATFORM_SHARES, len(owner))
    platform = np.where((place == 0) & filled(accounts.wechat_openid)[owner], WECHAT, platform)
    anonymous_id = uuids(rng, len(owner))
    device_id = only(np.isin(platform, (IOS, ANDROID)), uuids(rng, len(owner)))
    known = persons.kind[owner] != ANONYMOUS
    silent = chance(chunk.rng("unlinked devices"), chunk.mess.unlinked_devices, len(owner)) & (place > 0) & known
    shared = _shared(chunk, persons, platform[first])
    source = np.arange(len(owner))
    source[first[shared]] = first[persons.partner[shared]]
    mess = marks(silent, "unlinked_devices")
    mess[first[shared]] = mess[first[persons.partner[shared]]] = marks(np.array([True]), "shared_devices")[0]
    return Devices(
        first=first,
        count=count,
        platform=platform[source],
        anonymous_id=anonymous_id[source],
        device_id=device_id[source],
        reveals=known & ~silent,
        mess=mess,
    )


def _shared(chunk: Chunk, persons: Persons, platform: Ints) -> Bools:
    """Who uses the partner's first device as their own."""
    shared = chance(chunk.rng("shared devices"), chunk.mess.shared_devices, chunk.size)
    shared &= persons.second & (persons.kind != STORE) & (persons.kind[persons.partner] != STORE)
    return np.asarray(shared & (platform != WECHAT) & (platform[persons.partner] != WECHAT))


def agents(platform: Ints) -> Text:
    """The user agent of each platform."""
    return text(AGENTS)[platform]
