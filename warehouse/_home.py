"""The folder that everything is written to: made, and what it means when it cannot be."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from warehouse._errors import KindredError
from warehouse._settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

_CANNOT_BE_USED = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.ENOTDIR, errno.EISDIR}
)
_ADVICE = "make it writable, make room, or set KINDRED_HOME to another folder"


def make_home(settings: Settings) -> None:
    """Make the home folder if it is not there.

    Raises:
        KindredError: it cannot be made or written to.
    """
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KindredError(
            f"The folder {settings.home} cannot be made ({error.strerror}): set KINDRED_HOME to another one."
        ) from error
    if not os.access(settings.home, os.W_OK):
        raise KindredError(f"The folder {settings.home} cannot be written to: {_ADVICE}.")


def what_cannot_be_used(error: Exception, settings: Settings) -> str | None:
    """A file that may not be written or a disk that is full, as a sentence; None for any other error."""
    if isinstance(error, OSError) and error.errno in _CANNOT_BE_USED:
        return f"{error.filename or settings.home} cannot be used ({error.strerror}): {_ADVICE}."
    if isinstance(error, sqlite3.OperationalError) and {"readonly", "full"} & set(str(error).split()):
        return f"A file in {settings.home} cannot be used ({error}): {_ADVICE}."
    return None


@contextmanager
def files_explained() -> Iterator[None]:
    """What a command line runs: a file that may not be written, or a full disk, is an error that a user can mend.

    Raises:
        KindredError: so it is; any other error stays what it was.
    """
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        sentence = what_cannot_be_used(error, Settings.from_env())
        if sentence is None:
            raise
        raise KindredError(sentence) from error
