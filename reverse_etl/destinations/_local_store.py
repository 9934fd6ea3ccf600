"""An outbox in a folder of this machine."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reverse_etl._errors import StopDelivery
from reverse_etl.destinations._stores import PARTIAL

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO


@dataclass(frozen=True)
class LocalDraft:
    """A file under a temporary name."""

    temporary: Path
    path: Path
    file: BinaryIO = field(repr=False)

    def write(self, data: bytes) -> None:
        """Append."""
        with _told(self.path):
            self.file.write(data)

    def publish(self) -> None:
        """Rename it once the disk holds it."""
        with _told(self.path):
            self.file.flush()
            os.fsync(self.file.fileno())
            self.file.close()
            self.path.parent.mkdir(exist_ok=True)
            self.temporary.rename(self.path)
            _sync_folder(self.path.parent)

    def discard(self) -> None:
        """Remove it, and the folder of drafts when it was the last one."""
        with suppress(OSError):
            self.file.close()
        self.temporary.unlink(missing_ok=True)
        with suppress(OSError):
            self.temporary.parent.rmdir()


@dataclass(frozen=True)
class LocalStore:
    """The folder of one sync."""

    folder: Path

    def draft(self, name: str) -> LocalDraft:
        """Begin a file."""
        temporary = self.folder / PARTIAL / name.replace("/", ".")
        with _told(self.folder / name):
            temporary.parent.mkdir(parents=True, exist_ok=True)
            return LocalDraft(temporary, self.folder / name, temporary.open("wb"))

    def has(self, name: str) -> bool:
        """Whether a file is there."""
        return (self.folder / name).exists()

    def runs(self) -> list[str]:
        """The runs that have a folder."""
        return [path.name for path in self.folder.glob("*/") if path.name != PARTIAL]

    def fetch(self, name: str, into: BinaryIO) -> None:
        """Copy a file."""
        with _told(self.folder / name), (self.folder / name).open("rb") as file:
            shutil.copyfileobj(file, into)

    def remove(self, run_id: str) -> None:
        """Remove a run's folder."""
        self._remove(run_id)

    def sweep(self) -> None:
        """Remove the folder of drafts."""
        self._remove(PARTIAL)

    def close(self) -> None:
        """Nothing is held."""

    def _remove(self, name: str) -> None:
        with _told(self.folder / name), suppress(FileNotFoundError, NotADirectoryError):
            shutil.rmtree(self.folder / name)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StopDelivery(f"{path} cannot be written or read: {error.strerror or error}.") from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
