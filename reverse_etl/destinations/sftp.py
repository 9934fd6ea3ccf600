"""SFTP: an outbox (`_outbox.py`) under `<directory>/<sync>/` of a server, over SSH.

Files grow under `.partial/` and are renamed when they are whole; the manifest comes last. The server is believed only
if it shows `host_key`, the line that its owner gives you (`ssh-keyscan` prints what anybody on the way may have put
there). The user proves itself by a private key or by a password; keys of this machine and its agent are not tried.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from reverse_etl.destinations._contract import Configured, Destination, Kind
from reverse_etl.destinations._optional import extra
from reverse_etl.destinations._outbox import outbox_destination

if TYPE_CHECKING:
    from pathlib import Path

    from reverse_etl._records import Run

_KEY_TYPE_AND_KEY: Final = 2
_NO_KEY: Final = 'must be the server\'s public key, as in "ssh-ed25519 AAAA…".'


@dataclass(frozen=True, kw_only=True)
class SftpSettings:
    """The table of an SFTP destination in destinations.toml."""

    host: str
    user: str
    host_key: str  # type and key of the server, as in a .pub file
    port: int = 22
    directory: str = "."  # of the server; it must be there
    private_key_env: str = ""  # the variable that holds the text of an OpenSSH key without a passphrase
    password_env: str = ""  # or the one that holds a password
    timeout_seconds: float = 30.0  # to connect, and for each answer
    spreadsheet_safe: bool = True  # a leading quote before cells that begin with = + - @ or a tab


def _problems(settings: SftpSettings) -> list[tuple[str, str]]:
    found = [(name, "must not be empty.") for name in ("host", "user", "directory") if not getattr(settings, name)]
    found += [(name, "must be above 0.") for name in ("port", "timeout_seconds") if getattr(settings, name) <= 0]
    if bool(settings.private_key_env) == bool(settings.password_env):
        found.append(("private_key_env", "name the variable of either a private key or a password (password_env)."))
    return found if _is_key(settings.host_key) else [*found, ("host_key", _NO_KEY)]


def _is_key(text: str) -> bool:
    # A key's bytes begin with the length of its type and the type again (RFC 4253, 6.6).
    words = text.split()
    if len(words) < _KEY_TYPE_AND_KEY:
        return False
    try:
        return base64.b64decode(words[1], validate=True)[4:].startswith(words[0].encode())
    except (binascii.Error, ValueError):
        return False


def _open(configured: Configured, run: Run, _home: Path) -> Destination:
    with extra(configured.name, "sftp"):
        from reverse_etl.destinations._sftp_store import SftpStore  # noqa: PLC0415 - needs paramiko
    settings: SftpSettings = configured.settings
    store = partial(SftpStore, settings, configured.secrets, run.sync)
    return outbox_destination(configured.name, run, store, spreadsheet_safe=settings.spreadsheet_safe)


KIND = Kind(SftpSettings, _problems, _open)
