"""Refresh tokens that a vendor replaces whenever one is used (RFC 9700, 4.14.2): the one that counts now, on disk.

    <home>/tokens/<hash>         what took the place of the token in the environment
                  <hash>.asked   a request left, and what was answered is not kept
                  <hash>.lock    held by whoever asks: two who used one token would void it for both

The hash is that of the token in the environment, so that one that is newly set counts from then on.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reverse_etl._errors import RetryLater, StopDelivery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

_SECRET = 0o600


class TokenRefused(StopDelivery):
    """The vendor said no and replaced nothing.

    Attributes:
        is_void: it is the refresh token that is not taken (`invalid_grant`; RFC 6749, 5.2).
    """

    def __init__(self, message: str, *, is_void: bool) -> None:
        super().__init__(message)
        self.is_void = is_void


@dataclass(frozen=True)
class KeptToken:
    """The refresh token of one account.

    Attributes:
        home: the home folder.
        variable: the environment's variable that holds the first one.
        first: the one that it holds.
    """

    home: Path
    variable: str
    first: str = field(repr=False)

    @property
    def path(self) -> Path:
        """Where the token is that took its place."""
        return self.home / "tokens" / hashlib.sha256(self.first.encode()).hexdigest()

    @property
    def _asked(self) -> Path:
        return self.path.with_suffix(".asked")

    def renew(self, ask: Callable[[str], Mapping[str, Any]]) -> Mapping[str, Any]:
        """What is answered to the token that counts now; one that replaces it is kept before anything else happens.

        Args:
            ask: says the answer to a token, in which `refresh_token` is the next one, if there is one.

        Raises:
            StopDelivery: the token cannot be read or kept, or is void: somebody has to authorise again.
            DeliveryError: of `ask`.
        """
        with self._alone():
            token, unheard = self._read(), self._asked.exists()
            with self._told():
                self._write(self._asked, "")
            try:
                said = ask(token)
            except (RetryLater, TokenRefused) as error:
                # Nothing left, or that was an answer: the token is what it was. Any other error leaves it open.
                if not unheard:
                    self._asked.unlink()
                if isinstance(error, TokenRefused) and error.is_void and (unheard or token != self.first):
                    raise StopDelivery(f"{error} {self._advice(unheard=unheard)}") from error
                raise
            self._keep(said.get("refresh_token") or token, token)
            self._asked.unlink()
            return said

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._told():
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, _SECRET)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _read(self) -> str:
        with self._told():
            return self.path.read_text(encoding="utf-8") if self.path.exists() else self.first

    def _keep(self, token: str, before: str) -> None:
        if token == before:
            return
        try:
            self._write(self.path, token)
        except OSError as error:
            raise StopDelivery(
                f"The new refresh token cannot be kept in {self.path} ({error.strerror}), and the one before is void:"
                f" see that it can be written, authorise again and set {self.variable}."
            ) from error

    def _write(self, path: Path, text: str) -> None:
        # Under another name until the disk holds it: whoever dies meanwhile leaves what was there.
        draft = path.with_suffix(".new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _SECRET)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        draft.rename(path)
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def _advice(self, *, unheard: bool) -> str:
        why = (
            "An earlier answer may have held a new refresh token, and was lost before it was kept"
            if unheard
            else f"The refresh token that took the place of {self.variable} is void"
        )
        return f"{why}: authorise again and set {self.variable}."

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or type(error).__name__
            raise StopDelivery(
                f"{self.path} cannot be read or written ({why}), where the refresh token that follows {self.variable}"
                " is kept: nothing was asked for."
            ) from error
