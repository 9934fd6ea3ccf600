"""What only SFTP can do wrong, against OpenSSH's server."""

from __future__ import annotations

import base64
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.reverse_etl.destinations.sending import SYNC, add, run, send

if TYPE_CHECKING:
    from pathlib import Path

    from tests.reverse_etl.destinations.outbox.places import Sftp
    from tests.reverse_etl.destinations.servers import Server

_FIRST, _SECOND = (run(f"20260702T06000{n}000000Z-0000000{n}") for n in (1, 2))
_HOST_KEY = "ssh-ed25519 " + base64.b64encode(b"\0\0\0\x0bssh-ed25519" + b"\0\0\0 " + bytes(32)).decode()
_BROKEN_KEY = "ssh-rsa " + base64.b64encode(b"\0\0\0\x07ssh-rsa" + bytes(5)).decode()


@pytest.mark.parametrize(
    ("settings", "secrets", "sentence"),
    [
        ({"host_key": "other_key"}, {}, "does not show the host_key that we know: ask its owner before you change it"),
        ({"host_key": "rsa_key"}, {}, "does not show the host_key that we know"),
        ({"host_key": _HOST_KEY}, {}, "does not show the host_key that we know"),
        ({"host_key": _BROKEN_KEY}, {}, "is of a sort that cannot be checked"),
        ({}, {"private_key": "wrong_key"}, "does not let .* in: check the user and the credential"),
        ({"user": "stranger"}, {}, "does not let stranger in"),
        ({"private_key_env": "", "password_env": "P"}, {"password": "wrong"}, "does not let .* in"),
        ({}, {"private_key": "no key at all"}, "KEY holds no OpenSSH private key"),
        ({"directory": "there-is-none"}, {}, "there is no such folder"),
        ({"directory": "/"}, {}, "Permission denied"),
    ],
)
def test_what_a_person_has_to_change_about_sftp_is_one_sentence(
    sftp: Sftp, openssh: tuple[Server, Path], settings: dict[str, str], secrets: dict[str, str], sentence: str
) -> None:
    _server, keys = openssh
    settings = {
        name: (keys / f"{value}.pub").read_text() if value in {"other_key", "rsa_key"} else value
        for name, value in settings.items()
    }
    secrets = {name: (keys / value).read_text() if value == "wrong_key" else value for name, value in secrets.items()}
    if "password" in secrets:
        sftp.secrets = {}
    said = send(sftp.open(_FIRST, secrets, **settings), [add("ana@example.com")], _FIRST)
    assert said["ana@example.com"].verdict == "retryable"
    assert re.search(sentence, str(said["stop"].reason))
    assert "\n" not in str(said["stop"].reason)
    assert (sftp.names(), (sftp.folder / SYNC).exists()) == (set(), False)


def test_a_login_without_the_right_host_key_sends_no_credential(sftp: Sftp, openssh: tuple[Server, Path]) -> None:
    server, keys = openssh
    log = server.folder / "log"
    before = len(log.read_text())
    send(sftp.open(_FIRST, host_key=(keys / "other_key.pub").read_text()), [add("ana")], _FIRST)
    assert not re.search("Accepted|Failed|invalid user", log.read_text()[before:])


def test_a_private_key_of_each_sort_is_read(sftp: Sftp, tmp_path: Path) -> None:
    for sort in ("rsa", "ecdsa", "ed25519"):
        path = tmp_path / sort
        subprocess.run(["ssh-keygen", "-q", "-t", sort, "-N", "", "-f", str(path)], check=True)
        stranger = sftp.open(_FIRST, {"private_key": path.read_text()})
        said = send(stranger, [add("ana")], _FIRST)
        assert "check the user and the credential" in str(said["stop"].reason)
