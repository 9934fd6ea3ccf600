"""Reach an SFTP server: no other than the one whose key we know, and by one credential only."""

from __future__ import annotations

import io
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import paramiko

from reverse_etl._errors import RetryLater, StopDelivery

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reverse_etl.destinations._contract import Secret
    from reverse_etl.destinations.sftp import SftpSettings

_SSH_PORT: Final = 22
_BROKE_OFF: Final = re.compile("timeout|EOF")  # paramiko says so of a login that nobody refused


def connect(client: paramiko.SSHClient, settings: SftpSettings, secrets: Mapping[str, Secret]) -> paramiko.SFTPClient:
    """Connect to the one server that shows the key that we know.

    Raises:
        RetryLater: it cannot be reached.
        StopDelivery: it shows another key, or does not let us in.
    """
    where = f"{settings.host}:{settings.port}"
    known = _host_key(settings)
    client.get_host_keys().add(
        settings.host if settings.port == _SSH_PORT else f"[{settings.host}]:{settings.port}", *known
    )
    waits = settings.timeout_seconds
    try:
        client.connect(
            settings.host,
            settings.port,
            settings.user,
            password=secrets["password"].value if "password" in secrets else None,
            pkey=_private_key(settings, secrets["private_key"]) if "private_key" in secrets else None,
            timeout=waits,
            banner_timeout=waits,
            auth_timeout=waits,
            channel_timeout=waits,
            allow_agent=False,
            look_for_keys=False,
        )
        channel = client.open_sftp()
    except (paramiko.BadHostKeyException, paramiko.ssh_exception.IncompatiblePeer) as error:
        raise StopDelivery(
            f"{where} does not show the host_key that we know: ask its owner before you change it."
        ) from error
    except paramiko.AuthenticationException as error:
        if _BROKE_OFF.search(str(error)):
            raise RetryLater(f"{where} broke off the login") from error
        raise StopDelivery(f"{where} does not let {settings.user} in: check the user and the credential.") from error
    except (OSError, EOFError, paramiko.SSHException) as error:
        client.close()
        raise RetryLater(f"no connection to {where} ({type(error).__name__})") from error
    channel.get_channel().settimeout(waits)
    return channel


def _host_key(settings: SftpSettings) -> tuple[str, paramiko.PKey]:
    with suppress(paramiko.SSHException, ValueError, OverflowError):
        entry = paramiko.hostkeys.HostKeyEntry.from_line(f"host {' '.join(settings.host_key.split()[:2])}")
        if entry and entry.key:
            return entry.key.get_name(), entry.key
    raise StopDelivery(
        f"The host_key of {settings.host} is of a sort that cannot be checked: take its ssh-ed25519 key."
    )


def _private_key(settings: SftpSettings, secret: Secret) -> paramiko.PKey:
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        with suppress(paramiko.SSHException, ValueError):
            return kind.from_private_key(io.StringIO(secret.value.strip() + "\n"))
    raise StopDelivery(
        f"{settings.private_key_env} holds no OpenSSH private key (Ed25519, ECDSA or RSA) without a passphrase."
    )
