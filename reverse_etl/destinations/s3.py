"""Amazon S3, and whatever speaks its protocol: an outbox (`_outbox.py`) under `<prefix>/<sync>/` of a bucket.

Files are uploaded in parts that nobody sees (multipart upload, 8 MiB in memory for each file) and completed with
`If-None-Match: *`, so that no object is ever replaced; the manifest comes last. Needs s3:PutObject, s3:GetObject,
s3:DeleteObject, s3:ListBucket, s3:AbortMultipartUpload and s3:ListBucketMultipartUploads; without the right to list, S3
answers 403 where an object is missing. Without `access_key_env` the credentials are found where AWS tools find them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from reverse_etl.destinations._contract import Configured, Destination, Kind
from reverse_etl.destinations._http import address_problem
from reverse_etl.destinations._optional import extra
from reverse_etl.destinations._outbox import outbox_destination

if TYPE_CHECKING:
    from pathlib import Path

    from reverse_etl._records import Run


@dataclass(frozen=True, kw_only=True)
class S3Settings:
    """The table of an S3 destination in destinations.toml."""

    bucket: str
    prefix: str = ""  # the folder in the bucket; empty for none
    region: str = ""  # empty: where AWS tools find it
    endpoint_url: str = ""  # of a store that is not Amazon's
    access_key_env: str = ""  # the variables of a key and its secret; empty: where AWS tools find them
    secret_key_env: str = ""
    timeout_seconds: float = 30.0
    attempts: int = 5  # of each request
    spreadsheet_safe: bool = True  # a leading quote before cells that begin with = + - @ or a tab


def _problems(settings: S3Settings) -> list[tuple[str, str]]:
    found = [] if settings.bucket else [("bucket", "must name a bucket.")]
    address = address_problem(settings.endpoint_url) if settings.endpoint_url else None
    found += [("endpoint_url", address)] if address else []
    if bool(settings.access_key_env) != bool(settings.secret_key_env):
        found.append(("secret_key_env", "goes together with access_key_env: give both or neither."))
    return found + [
        (name, "must be above 0.") for name in ("timeout_seconds", "attempts") if getattr(settings, name) <= 0
    ]


def _open(configured: Configured, run: Run, _home: Path) -> Destination:
    with extra(configured.name, "s3"):
        from reverse_etl.destinations._s3_store import S3Store  # noqa: PLC0415 - needs boto3
    settings: S3Settings = configured.settings
    store = partial(S3Store, settings, configured.secrets, run.sync)
    return outbox_destination(configured.name, run, store, spreadsheet_safe=settings.spreadsheet_safe)


KIND = Kind(S3Settings, _problems, _open)
