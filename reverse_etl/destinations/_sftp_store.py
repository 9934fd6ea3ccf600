"""An outbox on an SFTP server, through paramiko."""

from __future__ import annotations

import errno
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from stat import S_ISDIR
from typing import TYPE_CHECKING

import paramiko

from reverse_etl._errors import RetryLater, StopDelivery
from reverse_etl.destinations._sftp_connection import connect
from reverse_etl.destinations._stores import PARTIAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import BinaryIO

    from reverse_etl.destinations._contract import Secret
    from reverse_etl.destinations.sftp import SftpSettings


@dataclass
class SftpDraft:
    """A file under a temporary name."""

    store: SftpStore
    temporary: str
    path: str
    file: paramiko.SFTPFile = field(repr=False)
    size: int = 0

    def write(self, data: bytes) -> None:
        """Append; the server's words about it come with the next call at the latest."""
        with self.store.told(self.path):
            self.file.write(data)
        self.size += len(data)

    def publish(self) -> None:
        """Rename it once the server holds every byte."""
        with self.store.told(self.path):
            self.file.close()
            if self.store.sftp().stat(self.temporary).st_size != self.size:
                raise StopDelivery(f"{self.path} did not arrive whole.")
            self.store.make(self.path.rpartition("/")[0])
            self.store.sftp().rename(self.temporary, self.path)  # SFTP's own: it never replaces a file

    def discard(self) -> None:
        """Remove it."""
        if self.store.is_alive():
            with self.store.told(self.path), suppress(FileNotFoundError):
                self.file.close()
                self.store.sftp().remove(self.temporary)


@dataclass
class SftpStore:
    """The folder of one sync; the connection is made when it is first needed, and kept."""

    settings: SftpSettings
    secrets: Mapping[str, Secret] = field(repr=False)
    sync: str
    client: paramiko.SSHClient | None = None
    channel: paramiko.SFTPClient | None = None

    def draft(self, name: str) -> SftpDraft:
        """Begin a file."""
        with self.told(name):
            self.make(self._path())
            self.make(self._path(PARTIAL))
            temporary = self._path(PARTIAL, name.replace("/", "."))
            file = self.sftp().open(temporary, "wb")
            file.set_pipelined(True)
            return SftpDraft(self, temporary, self._path(name), file)

    def has(self, name: str) -> bool:
        """Whether a file is there."""
        with self.told(name):
            try:
                self.sftp().stat(self._path(name))
            except FileNotFoundError:
                return False
            return True

    def runs(self) -> list[str]:
        """The runs that have a folder."""
        with self.told(self._path()), suppress(FileNotFoundError):
            return [
                found.filename
                for found in self.sftp().listdir_attr(self._path())
                if S_ISDIR(found.st_mode or 0) and found.filename != PARTIAL
            ]
        return []

    def fetch(self, name: str, into: BinaryIO) -> None:
        """Copy a file."""
        with self.told(name):
            self.sftp().getfo(self._path(name), into)

    def remove(self, run_id: str) -> None:
        """Remove a run's folder."""
        with self.told(run_id), suppress(FileNotFoundError):
            for found in self.sftp().listdir(self._path(run_id)):
                self.sftp().remove(self._path(run_id, found))
            self.sftp().rmdir(self._path(run_id))

    def sweep(self) -> None:
        """Remove the folder of drafts."""
        self.remove(PARTIAL)

    def close(self) -> None:
        """Remove the folder of drafts if it is empty, and hang up."""
        if self.is_alive():
            with suppress(RetryLater, StopDelivery, OSError, EOFError, paramiko.SSHException):
                self.sftp().rmdir(self._path(PARTIAL))
        self._hang_up()

    def is_alive(self) -> bool:
        """Whether there is a connection that the server has not closed."""
        channel = self.channel.get_channel() if self.channel else None
        return channel is not None and not channel.closed

    def sftp(self) -> paramiko.SFTPClient:
        """The connection.

        Raises:
            RetryLater: the server cannot be reached.
            StopDelivery: it is another server than the one we know, or it does not let us in.
        """
        if self.channel is None or not self.is_alive():
            self._hang_up()
            self.client = paramiko.SSHClient()  # it refuses keys that it does not know
            self.channel = connect(self.client, self.settings, self.secrets)
        return self.channel

    def make(self, folder: str) -> None:
        """Make a folder unless it is there."""
        try:
            self.sftp().stat(folder)
        except FileNotFoundError:
            self.sftp().mkdir(folder)

    @contextmanager
    def told(self, name: str) -> Iterator[None]:
        """Say what an error of the library means."""
        try:
            yield
        except (EOFError, TimeoutError, paramiko.SSHException) as error:
            self._hang_up()
            raise RetryLater(f"the connection broke ({type(error).__name__})") from error
        except OSError as error:
            if self.channel is not None and not self.is_alive():
                raise RetryLater(f"the connection broke ({type(error).__name__})") from error
            why = "there is no such folder" if error.errno == errno.ENOENT else error.strerror or str(error)
            raise StopDelivery(f"{self.settings.host} refuses {name}: {why}.") from error

    def _path(self, *names: str) -> str:
        return "/".join([self.settings.directory.rstrip("/"), self.sync, *names])

    def _hang_up(self) -> None:
        if self.client:
            self.client.close()
        self.client = self.channel = None
