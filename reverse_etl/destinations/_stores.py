"""A place for files, as an outbox needs it: names are relative to the sync's folder, `<run_id>/<file>`.

Every method raises `RetryLater` when the place cannot be reached, and `StopDelivery` when it refuses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from typing import BinaryIO

PARTIAL: Final = ".partial"  # where files stand that are not whole yet, in places that know no better way


class Draft(Protocol):
    """A file that nobody sees yet."""

    def write(self, data: bytes) -> None:
        """Append."""

    def publish(self) -> None:
        """Give it its name, all of it at once."""

    def discard(self) -> None:
        """Let go of it."""


class Store(Protocol):
    """The folder of one sync in some place."""

    def draft(self, name: str) -> Draft:
        """Begin a file."""

    def has(self, name: str) -> bool:
        """Whether a file is there."""

    def runs(self) -> list[str]:
        """The runs that have a folder, with a manifest or without."""

    def fetch(self, name: str, into: BinaryIO) -> None:
        """Copy a file."""

    def remove(self, run_id: str) -> None:
        """Remove what a run published; nothing there is well, too."""

    def sweep(self) -> None:
        """Remove the drafts that a run which died left behind."""

    def close(self) -> None:
        """Let go of the place."""
