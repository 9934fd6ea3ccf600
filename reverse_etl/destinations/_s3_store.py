"""An outbox in a bucket, through boto3."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from reverse_etl.destinations._s3_errors import is_missing, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import BinaryIO

    from reverse_etl.destinations._contract import Secret
    from reverse_etl.destinations.s3 import S3Settings

_PART: Final = 8 * 1024 * 1024  # bytes; S3 takes 10,000 parts of at least 5 MiB
_ONLY_NEW: Final = {"IfNoneMatch": "*"}


@dataclass
class S3Draft:
    """An object that is uploaded in parts; small ones go up at once when they are published."""

    client: Any
    where: dict[str, str]
    waiting: bytearray = field(default_factory=bytearray, repr=False)
    upload: dict[str, str] = field(default_factory=dict)
    parts: list[dict[str, Any]] = field(default_factory=list)

    def write(self, data: bytes) -> None:
        """Append; whole parts leave at once, so that no more than one stays in memory."""
        view = memoryview(data)
        while view:
            taken = view[: _PART - len(self.waiting)]
            self.waiting += taken
            view = view[len(taken) :]
            if len(self.waiting) == _PART:
                self._send_part()

    def publish(self) -> None:
        """Complete the object unless there is one of that name."""
        with told(self.where):
            if not self.upload:
                self.client.put_object(**self.where, Body=bytes(self.waiting), **_ONLY_NEW)
                return
        if self.waiting:
            self._send_part()
        with told(self.where):
            parts = {"Parts": self.parts}
            self.client.complete_multipart_upload(**self.where, **self.upload, MultipartUpload=parts, **_ONLY_NEW)
        self.upload = {}

    def discard(self) -> None:
        """Abort the upload."""
        if self.upload:
            with told(self.where):
                self.client.abort_multipart_upload(**self.where, **self.upload)

    def _send_part(self) -> None:
        with told(self.where):
            if not self.upload:
                self.upload = {"UploadId": self.client.create_multipart_upload(**self.where)["UploadId"]}
            number = len(self.parts) + 1
            sent = self.client.upload_part(**self.where, **self.upload, PartNumber=number, Body=bytes(self.waiting))
        self.parts.append({"ETag": sent["ETag"], "PartNumber": number})
        self.waiting.clear()


@dataclass
class S3Store:
    """The folder of one sync; the client is made when it is first needed."""

    settings: S3Settings
    secrets: Mapping[str, Secret] = field(repr=False)
    sync: str

    @property
    def bucket(self) -> str:
        """Where the objects are."""
        return self.settings.bucket

    @property
    def prefix(self) -> str:
        """What their keys begin with: it ends in a slash."""
        return "/".join([*filter(None, self.settings.prefix.strip("/").split("/")), self.sync, ""])

    @cached_property
    def client(self) -> Any:
        """What talks to S3."""
        with told({"Bucket": self.bucket}):
            return _client(self.settings, self.secrets)

    def draft(self, name: str) -> S3Draft:
        """Begin an object."""
        return S3Draft(self.client, self._where(name))

    def has(self, name: str) -> bool:
        """Whether an object is there."""
        with told(self._where(name)):
            try:
                self.client.head_object(**self._where(name))
            except ClientError as error:
                if not is_missing(error):
                    raise
                return False
            return True

    def runs(self) -> list[str]:
        """The runs that have objects."""
        pages = self._listed("list_objects_v2", Delimiter="/")
        return [
            found["Prefix"].removeprefix(self.prefix).rstrip("/")
            for page in pages
            for found in page.get("CommonPrefixes", ())
        ]

    def fetch(self, name: str, into: BinaryIO) -> None:
        """Copy an object."""
        with told(self._where(name)):
            shutil.copyfileobj(self.client.get_object(**self._where(name))["Body"], into)

    def remove(self, run_id: str) -> None:
        """Delete a run's objects."""
        for page in self._listed("list_objects_v2", run_id + "/"):
            for found in page.get("Contents", ()):
                with told(found):
                    self.client.delete_object(Bucket=self.bucket, Key=found["Key"])

    def sweep(self) -> None:
        """Abort the uploads that a run which died left behind."""
        for page in self._listed("list_multipart_uploads"):
            for found in page.get("Uploads", ()):
                with told(found):
                    self.client.abort_multipart_upload(Bucket=self.bucket, Key=found["Key"], UploadId=found["UploadId"])

    def close(self) -> None:
        """Close the connections, if there are any."""
        if "client" in vars(self):
            self.client.close()

    def _where(self, name: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": self.prefix + name}

    def _listed(self, what: str, below: str = "", **options: str) -> Iterator[Any]:
        with told({"Bucket": self.bucket, "Key": self.prefix}):
            pages = self.client.get_paginator(what).paginate(Bucket=self.bucket, Prefix=self.prefix + below, **options)
            yield from pages


def _client(settings: S3Settings, secrets: Mapping[str, Secret]) -> Any:
    keys = {
        name: secrets[secret].value
        for name, secret in (("aws_access_key_id", "access_key"), ("aws_secret_access_key", "secret_key"))
        if secret in secrets
    }
    config = Config(
        connect_timeout=settings.timeout_seconds,
        read_timeout=settings.timeout_seconds,
        retries={"mode": "standard", "total_max_attempts": settings.attempts},
        s3={"addressing_style": "path" if settings.endpoint_url else "auto"},
    )
    return boto3.session.Session(**keys).client(
        "s3", region_name=settings.region or None, endpoint_url=settings.endpoint_url or None, config=config
    )
