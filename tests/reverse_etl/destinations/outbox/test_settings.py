"""Settings of places for files that cannot be right."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from reverse_etl._config import load_destinations, with_secrets
from reverse_etl.destinations import KINDS
from tests.reverse_etl.destinations.sending import run

if TYPE_CHECKING:
    from pathlib import Path


_FIRST, _SECOND = (run(f"20260702T06000{n}000000Z-0000000{n}") for n in (1, 2))
_HOST_KEY = "ssh-ed25519 " + base64.b64encode(b"\0\0\0\x0bssh-ed25519" + b"\0\0\0 " + bytes(32)).decode()
_BROKEN_KEY = "ssh-rsa " + base64.b64encode(b"\0\0\0\x07ssh-rsa" + bytes(5)).decode()
_S3 = {"bucket": "b"}
_SFTP = {"host": "h", "user": "u", "host_key": _HOST_KEY, "private_key_env": "K"}


@pytest.mark.parametrize(
    ("kind", "good", "bad", "field"),
    [
        ("s3", _S3, {"bucket": ""}, "bucket"),
        ("s3", _S3, {"endpoint_url": "http://s3.example.com"}, "endpoint_url"),
        ("s3", _S3, {"access_key_env": "A"}, "secret_key_env"),
        ("s3", _S3, {"attempts": 0}, "attempts"),
        ("sftp", _SFTP, {"host_key": ""}, "host_key"),
        ("sftp", _SFTP, {"host_key": "ssh-rsa AAAA"}, "host_key"),
        ("sftp", _SFTP, {"host_key": "h " + _HOST_KEY}, "host_key"),
        ("sftp", _SFTP, {"private_key_env": ""}, "private_key_env"),
        ("sftp", _SFTP, {"password_env": "P"}, "private_key_env"),
        ("sftp", _SFTP, {"host": ""}, "host"),
        ("sftp", _SFTP, {"timeout_seconds": 0.0}, "timeout_seconds"),
    ],
)
def test_settings_that_cannot_be_right(kind: str, good: dict[str, Any], bad: dict[str, Any], field: str) -> None:
    made = KINDS[kind]
    assert made.problems(made.settings(**good)) == []
    assert [name for name, _ in made.problems(made.settings(**{**good, **bad}))] == [field]


def test_a_secret_that_no_variable_is_named_for_is_not_asked_for(tmp_path: Path) -> None:
    (tmp_path / "destinations.toml").write_text('[bucket]\ntype = "s3"\nbucket = "b"\n')
    found = load_destinations(tmp_path / "destinations.toml")
    assert with_secrets(found.values(), {})["bucket"].secrets == {}
