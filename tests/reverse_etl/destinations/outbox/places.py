"""The places that an outbox can be in, each with its server, and a look at what is there that is not ours to take."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import boto3
import pytest

from reverse_etl.destinations import KINDS
from reverse_etl.destinations._contract import Configured, Secret
from reverse_etl.destinations._outbox import held
from tests.reverse_etl.destinations.sending import SYNC, run
from tests.reverse_etl.destinations.servers import (
    folder_for_anybody,
    free_port,
    moto_command,
    running,
    sshd_program,
    unprivileged,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reverse_etl._records import Run
    from reverse_etl.destinations._contract import Destination
    from tests.reverse_etl.destinations.servers import Server

_KEY = "a key for tests"
_SSHD = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/user_key.pub
StrictModes no
UsePAM yes
PidFile none
Subsystem sftp internal-sftp
"""


@dataclass
class Place:
    """Where an outbox is.

    Attributes:
        kind: as destinations.toml says it.
        settings: of a destination there.
        secrets: that let us in.
        server: what serves it; None for this machine's disk.
        folder: an empty folder of this machine; where the files are, or are copied to.
    """

    kind: ClassVar[str] = "files"
    folder: Path
    settings: dict[str, Any]
    secrets: dict[str, str] = field(default_factory=dict)
    server: Server | None = None

    def open(self, of: Run | None = None, secrets: dict[str, str] | None = None, **settings: Any) -> Destination:
        kind = KINDS[self.kind]
        chosen = kind.settings(**{**self.settings, **settings})
        assert kind.problems(chosen) == []
        known = {name: Secret(value) for name, value in {**self.secrets, **(secrets or {})}.items()}
        return kind.open(Configured("place", kind, chosen, known), of or run(), self.folder)

    def names(self) -> set[str]:
        """Every file of the sync, complete or not."""
        top = self.root() / SYNC
        return {str(path.relative_to(top)) for path in top.rglob("*") if path.is_file()}

    def root(self) -> Path:
        """A folder of this machine that holds what is in the place now."""
        return self.folder

    def put(self, name: str, text: str = "") -> None:
        """A file of the sync, as if a run had left it."""
        path = self.folder / SYNC / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        if os.geteuid() == 0:
            for one in (path, path.parent, path.parent.parent):
                os.chown(one, **dict(zip(("uid", "gid"), list(unprivileged().values())[:2], strict=True)))

    def held(self) -> dict[str, dict[str, str]]:
        """What a reader of the files holds."""
        return held(self.root() / SYNC)


class Disk(Place):
    pass


class Sftp(Place):
    kind = "sftp"


class S3(Place):
    kind = "s3"

    def root(self) -> Path:
        copy = self.folder / "copy"
        subprocess.run(["rm", "-rf", str(copy)], check=True)
        for found in self.client.list_objects_v2(Bucket=self.settings["bucket"]).get("Contents", ()):
            path = copy / found["Key"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self.client.get_object(Bucket=self.settings["bucket"], Key=found["Key"])["Body"].read())
        return copy / self.settings["prefix"]

    def put(self, name: str, text: str = "") -> None:
        self.client.put_object(
            Bucket=self.settings["bucket"], Key=f"{self.settings['prefix']}/{SYNC}/{name}", Body=text
        )

    def uploads(self) -> list[str]:
        """What is being uploaded in parts."""
        found = self.client.list_multipart_uploads(Bucket=self.settings["bucket"]).get("Uploads", ())
        return [one["Key"] for one in found]

    @property
    def client(self) -> Any:
        return boto3.client(
            "s3",
            endpoint_url=self.settings["endpoint_url"],
            region_name="eu-central-1",
            aws_access_key_id=_KEY,
            aws_secret_access_key=_KEY,
        )


@contextmanager
def sftp_server() -> Iterator[tuple[Server, Path]]:
    """OpenSSH's own server, which lets one key in."""
    found = sshd_program()
    if found is None:
        pytest.skip("there is no OpenSSH server (sshd) on this machine: `make sshd` unpacks one")
    program, environment = found
    with folder_for_anybody() as folder:
        for key in ("host_key", "other_key", "rsa_key", "user_key", "wrong_key"):
            sort = "rsa" if key == "rsa_key" else "ed25519"
            command = ["ssh-keygen", "-q", "-t", sort, "-N", "", "-C", "", "-f", str(folder / key)]
            subprocess.run(command, check=True, **unprivileged())
        port = free_port()
        (folder / "config").write_text(_SSHD.format(folder=folder, port=port))
        command = [str(program), "-D", "-e", "-f", str(folder / "config")]
        with running(command, folder, port, as_user=unprivileged(), environment=environment) as server:
            yield server, folder


def sftp_place(server: Server, keys: Path) -> Sftp:
    folder = keys / f"inbox-{os.urandom(4).hex()}"
    folder.mkdir()
    if os.geteuid() == 0:
        os.chown(folder, unprivileged()["user"], unprivileged()["group"])
    user = subprocess.run(["id", "-un"], check=True, capture_output=True, text=True, **unprivileged()).stdout.strip()
    settings = {
        "host": server.host,
        "port": server.port,
        "user": user,
        "host_key": (keys / "host_key.pub").read_text(),
        "directory": str(folder),
        "private_key_env": "KEY",
        "timeout_seconds": 5.0,
    }
    return Sftp(folder, settings, {"private_key": (keys / "user_key").read_text()}, server)


@contextmanager
def s3_server(folder: Path, **environment: str) -> Iterator[Server]:
    port = free_port()
    with running(moto_command(port), folder, port, as_user={}, environment=environment) as server:
        yield server


def s3_place(server: Server, folder: Path) -> S3:
    settings = {
        "bucket": f"bucket-{os.urandom(4).hex()}",
        "prefix": "kindred/audiences",
        "region": "eu-central-1",
        "endpoint_url": f"http://{server.host}:{server.port}",
        "access_key_env": "ACCESS",
        "secret_key_env": "SECRET",
        "timeout_seconds": 5.0,
        "attempts": 2,
    }
    place = S3(folder, settings, {"access_key": _KEY, "secret_key": _KEY}, server)
    place.client.create_bucket(
        Bucket=settings["bucket"], CreateBucketConfiguration={"LocationConstraint": settings["region"]}
    )
    return place
