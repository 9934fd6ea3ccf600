"""Jobs of the destinations that answer at once and do the work later."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class Job:
    """Work that is carried out when the job ends.

    Attributes:
        work: carries it out.
        polls: how often it is still asked about before it ends; None for never.
        ended: whether it was carried out.
    """

    work: Callable[[], None]
    polls: int | None
    ended: bool = False

    def ask(self) -> bool:
        """Whether it has ended; each question brings the end nearer."""
        if not self.ended and self.polls == 0:
            self.work()
            self.ended = True
        if self.polls:
            self.polls -= 1
        return self.ended


@dataclass
class Jobs:
    """The jobs of one destination, by their number as text."""

    known: dict[str, Job] = field(default_factory=dict)

    def start(self, work: Callable[[], None], polls: int | None) -> str:
        """The number of a new job."""
        name = str(10_000 + len(self.known))
        self.known[name] = Job(work, polls)
        return name
