"""What the syncs need before anything is built: destinations, their secrets, and the demo's own receiver."""

from __future__ import annotations

import os
import secrets
import socket
import tomllib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.dbt import Manifest
    from warehouse import Settings

_LOCAL = frozenset({"127.0.0.1", "localhost"})


def check_destinations(settings: Settings, manifest: Manifest, *, lend_secret: bool = False) -> None:
    """Find every destination that is missing or wrong, and every secret that is not set, before anything is built.

    Args:
        settings: where destinations.toml is.
        manifest: the parsed project.
        lend_secret: suppose the secret that `local_receiver` sets.

    Raises:
        KindredError: what is wrong, and where.
    """
    from reverse_etl._config import load_destinations, with_secrets  # noqa: PLC0415 - httpx and ibis
    from reverse_etl.receiver import SECRET_VARIABLE  # noqa: PLC0415

    wanted = used_destinations(manifest)
    if not wanted:
        return
    configured = load_destinations(settings.destinations)
    for name, sync in wanted.items():
        if name not in configured:
            raise KindredError(f"{settings.destinations}: [{name}] is missing; the sync {sync} delivers to it.")
    lent = {SECRET_VARIABLE: "lent"} if lend_secret else {}
    with_secrets([configured[name] for name in wanted], {**lent, **os.environ})


def used_destinations(manifest: Manifest) -> dict[str, str]:
    """The destinations that enabled syncs deliver to, each with one of those syncs."""
    found: dict[str, str] = {}
    for node in manifest["nodes"].values():
        sync = (node.get("config", {}).get("meta") or {}).get("sync")
        if isinstance(sync, dict) and sync.get("destination"):
            found.setdefault(str(sync["destination"]), str(node["name"]))
    return found


@contextmanager
def local_receiver(settings: Settings) -> Iterator[str | None]:
    """While the block runs, the demo's webhook has somebody who listens, and a secret.

    Yields its URL, or None where no destination is a receiver on this machine or somebody listens there already.
    """
    found = _local_webhook(settings)
    if found is None:
        yield None
        return
    port, variable = found
    before = os.environ.get(variable)
    if _listens(port):
        if not before:
            raise KindredError(
                f"Another program listens at port {port}, where {settings.destinations} sends to: stop it, or set"
                f" {variable} to the secret that it knows."
            )
        yield None
        return
    from reverse_etl.receiver import running  # noqa: PLC0415 - only where it is used

    os.environ.setdefault(variable, secrets.token_hex(16))
    try:
        with running(settings, port=port) as receiver:
            yield receiver.url
    finally:
        if before is None:
            os.environ.pop(variable, None)


def is_local_webhook(settings: Settings) -> bool:
    """Whether a destination is the receiver that a run starts itself."""
    return _local_webhook(settings) is not None


def _local_webhook(settings: Settings) -> tuple[int, str] | None:
    """Port and secret's variable of a webhook that the receiver of this project would serve."""
    from reverse_etl.receiver import SECRET_VARIABLE  # noqa: PLC0415

    for table in _tables(settings).values():
        if not isinstance(table, dict) or table.get("type") != "webhook":
            continue
        address = urlsplit(str(table.get("url")))
        if address.hostname in _LOCAL and address.port and table.get("secret_env") == SECRET_VARIABLE:
            return address.port, SECRET_VARIABLE
    return None


def _tables(settings: Settings) -> dict[str, Any]:
    try:
        return tomllib.loads(settings.destinations.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}  # check_destinations says what is wrong with it


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
