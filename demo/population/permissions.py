"""What each person was asked, allowed, took back and allowed again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import DAY, NEVER, Bools, Ints, between, chance
from demo.population.persons import ANONYMOUS

if TYPE_CHECKING:
    from demo.chunk import Chunk
    from demo.population.habits import Habits
    from demo.population.persons import Persons


@dataclass(frozen=True)
class Question:
    """Something that people are asked to allow; the shares are of those asked, and so on."""

    purpose: str
    channel: str
    asked: float
    agree: float


QUESTIONS: tuple[Question, ...] = (
    Question("marketing", "email", 0.85, 0.78),
    Question("marketing", "sms", 0.30, 0.50),
    Question("advertising", "ads", 0.70, 0.60),
    Question("personalisation", "email", 0.50, 0.70),
)
MARKETING_BY_EMAIL = 0
_TAKE_BACK, _AGREE_AGAIN = 0.18, 0.25


@dataclass(frozen=True)
class Permissions:
    """Matrices of people and questions; the times are `NEVER` where it did not happen.

    Attributes:
        asked_at: when the person answered.
        agreed: the answer.
        withdrawn_at: when it was taken back.
        granted_again_at: when it was given again.
    """

    asked_at: Ints
    agreed: Bools
    withdrawn_at: Ints
    granted_again_at: Ints

    def allow(self, owner: Ints, at: Ints, question: int) -> Bools:
        """Whether each owner allowed it at that time."""
        granted = self.agreed[owner, question] & (self.asked_at[owner, question] <= at)
        withdrawn = self.withdrawn_at[owner, question] <= at
        return np.asarray(granted & (~withdrawn | (self.granted_again_at[owner, question] <= at)), dtype=bool)


def make_permissions(chunk: Chunk, persons: Persons, habits: Habits) -> Permissions:
    """Draw the answers."""
    rng = chunk.rng("permissions")
    known = (persons.kind != ANONYMOUS)[:, None]
    shape = (chunk.size, len(QUESTIONS))
    asked = (rng.random(shape) < np.array([question.asked for question in QUESTIONS])) & known
    agreed = (rng.random(shape) < np.array([question.agree for question in QUESTIONS])) & asked
    at = habits.since[:, None] + (rng.random(shape) * 2 * DAY).astype(np.int64)
    withdrawn = chance(rng, _TAKE_BACK, agreed.size).reshape(shape) & agreed
    withdrawn_at = at + (rng.random(shape) * (chunk.end - at)).astype(np.int64)
    again = chance(rng, _AGREE_AGAIN, agreed.size).reshape(shape) & withdrawn
    again_at = between(rng, withdrawn_at.ravel(), chunk.end, agreed.size).reshape(shape)
    return Permissions(
        asked_at=np.where(asked, at, NEVER),
        agreed=agreed,
        withdrawn_at=np.where(withdrawn, withdrawn_at, NEVER),
        granted_again_at=np.where(again, again_at, NEVER),
    )
