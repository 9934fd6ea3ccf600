"""One chunk of people: the unit that is generated, held in memory and written at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from demo.arrays import DAY, Ints, Rng, Text, numbered
from demo.times import seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from demo.options import DemoOptions, Mess


@dataclass(frozen=True)
class Chunk:
    """Some consecutive people.

    Attributes:
        options: what was asked for.
        index: the chunk's number, from 0.
        first: the number of its first person.
        size: how many people it holds.
        days_later: how many days after the two years the time that is told begins, if it is a later one.
        days: how many days it has then.
    """

    options: DemoOptions
    index: int
    first: int
    size: int
    days_later: int = 0
    days: int = 0

    @property
    def mess(self) -> Mess:
        """The rates of mess."""
        return self.options.mess

    @property
    def start(self) -> int:
        """The first moment of the data."""
        if self.days:
            return seconds(self.options.end) + self.days_later * DAY
        return seconds(self.options.start)

    @property
    def end(self) -> int:
        """The first moment after the data."""
        return seconds(self.options.end) + (self.days_later + self.days) * DAY

    @property
    def tag(self) -> str:
        """What tells the keys and files of later days apart."""
        return f"d{self.days_later + 1}-" if self.days else ""

    @property
    def numbers(self) -> Ints:
        """The people's numbers in the whole population."""
        return np.arange(self.first, self.first + self.size, dtype=np.int64)

    def rng(self, stream: str) -> Rng:
        """A random stream of its own for each purpose, so that a change in one leaves the others as they were."""
        return np.random.default_rng([self.options.seed, self.index, crc32(f"{stream}{self.tag}".encode())])

    def ids(self, prefix: str, size: int) -> Text:
        """Keys that no other chunk uses."""
        return numbered(f"{prefix}{self.index:04d}{self.tag}", size)


def chunks(options: DemoOptions) -> Iterator[Chunk]:
    """The whole population, chunk by chunk."""
    for index, first in enumerate(range(0, options.people, options.chunk)):
        yield Chunk(options, index, first, min(options.chunk, options.people - first))
