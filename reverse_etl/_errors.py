"""What went wrong on the way to a destination. The type says what to do next.

KindredError                      say it in one sentence and leave with 1
├── SyncLocked                    another run delivers this sync: leave
└── StopDelivery                  wrong address or credentials: no request will succeed, end the run
DeliveryError                     handled by the sender, never seen by a user
├── RetryLater                    the records were certainly not taken: try again
│   └── RateLimited               try again when told to; not an attempt
├── AnswerLost                    perhaps taken: try again only where the operation is idempotent
└── BatchRefused                  refused as a whole: halve it; a batch of one is a rejected record
"""

from __future__ import annotations

from warehouse import KindredError


class SyncLocked(KindredError):  # noqa: N818 - it names a state, not a defect
    """Another run of the same sync is going on."""


class StopDelivery(KindredError):  # noqa: N818 - the name says what to do
    """The destination refuses every request: a person has to change something."""


class DeliveryError(Exception):
    """A request that did not end in an answer for each of its records.

    Attributes:
        wait_seconds: how long the destination asked us to wait, None if it did not.
    """

    def __init__(self, message: str, wait_seconds: float | None = None) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


class RetryLater(DeliveryError):  # noqa: N818 - the name says what to do
    """The records were certainly not taken."""


class RateLimited(RetryLater):
    """The destination asks us to slow down."""


class AnswerLost(DeliveryError):  # noqa: N818 - it names a state
    """The request was sent and perhaps carried out; what came of it is not known."""


class BatchRefused(DeliveryError):  # noqa: N818 - it names a state
    """The destination refused the whole batch, perhaps because of one record."""
