"""Tencent Ads (广点通) audience: POST `/v1.3/custom_audience_files/add`, a file of hashed numbers, processed later.

    multipart/form-data: account_id, audience_id, user_id_type=HASH_MOBILE_PHONE, operation_type=APPEND, file=ids.txt

Sent: one line per person, the MD5 of the eleven digits of a mobile number of mainland China in lower-case hex, which
is what the vendor's pages ask for (not SHA-256); a number of another country is rejected, and a value of 32 hex
digits is passed on as it is. The token, the time and a nonce go into the query, as the vendor wants them.

Leaving is the same file with `operation_type=REDUCE`. The answer names a file that is still to be processed: its
records are `pending` until `custom_audience_files/get` says that it is. Traps: HTTP 200 carries an error code; the
file's answer has only counts, so when some lines were not valid all of them are `unknown`. Tencent cannot be read
back.

No public specification was read, only parts of the vendor's pages and the parameters of its public client library.
Nothing is verified against a real account: above all the names of `process_status` and of the counts of lines, what
its codes mean (every one but 0 stops the run, because none is known to be about one record) and the size of a file.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from reverse_etl._errors import AnswerLost, StopDelivery
from reverse_etl._records import ACCEPTED, Batch, Outcome, Record, Run
from reverse_etl.destinations._api import ApiSettings, api_problems, open_api
from reverse_etl.destinations._contract import Configured, Destination, Facts, Kind, Request, Response, Step
from reverse_etl.destinations._hashing import UnsayableError
from reverse_etl.destinations._http import ensure_answered
from reverse_etl.destinations._people import NOTHING_LEFT, told, words
from reverse_etl.destinations._rows import NOT_SAID, answered_object

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

_MD5: Final = re.compile(r"[0-9a-fA-F]{32}")
_MOBILE: Final = re.compile(r"(?:(?:\+|00)86)?(1[3-9][0-9]{9})")
_VERSION: Final = "v1.3"


@dataclass(frozen=True, kw_only=True)
class TencentSettings(ApiSettings):
    """The table of a Tencent Ads audience in destinations.toml."""

    account_id: str
    audience_id: str
    base_url: str = "https://api.e.qq.com"


def mobile_hash(record: Record) -> str:
    """The MD5 of a Chinese mobile number.

    Raises:
        UnsayableError: the key is empty, or no such number.
    """
    key = re.sub(r"[\s()-]", "", record.record_key)
    found = _MOBILE.fullmatch(key)
    if _MD5.fullmatch(key):
        return key.lower()
    if not key:
        raise UnsayableError(NOTHING_LEFT)
    if not found:
        raise UnsayableError("no mobile number of mainland China")
    return hashlib.md5(found[1].encode(), usedforsecurity=False).hexdigest()


def build_request(settings: TencentSettings, batch: Batch) -> Request:
    """The file of one batch, all additions or all removals.

    Raises:
        BatchRefused: nobody has a number.
    """
    fields = {
        "account_id": settings.account_id,
        "audience_id": settings.audience_id,
        "user_id_type": "HASH_MOBILE_PHONE",
        "operation_type": "REDUCE" if batch.is_removal else "APPEND",
    }
    content, kind = _form(fields, "\n".join(told(batch, mobile_hash).everybody()))
    return Request("POST", f"{settings.base_url}/{_VERSION}/custom_audience_files/add", content, {"Content-Type": kind})


def parse_response(_settings: TencentSettings, batch: Batch, response: Response) -> list[Outcome]:
    """All wait for the file that the answer names.

    Raises:
        StopDelivery: the code in the body is not 0.
    """
    job = _data(response, custom_audience_file_id=int)["custom_audience_file_id"]
    return told(batch, mobile_hash).all_alike(Outcome("pending", str(job)))


def ask(settings: TencentSettings, batch: Batch) -> Request:
    """What became of a file."""
    query = {
        "account_id": settings.account_id,
        "audience_id": settings.audience_id,
        "custom_audience_file_id": batch.job or "",
    }
    return Request("GET", f"{settings.base_url}/{_VERSION}/custom_audience_files/get?{urlencode(query)}", b"")


def read_answer(_settings: TencentSettings, batch: Batch, response: Response) -> list[Outcome]:
    """One outcome per record: that of the file."""
    files = [one for one in _data(response, list=list)["list"] if isinstance(one, dict)]
    known = [one for one in files if str(one.get("custom_audience_file_id")) == batch.job]
    return [_outcome(batch, known[0]) if known else NOT_SAID] * len(batch.records)


def _outcome(batch: Batch, file: dict[str, Any]) -> Outcome:
    status = file.get("process_status")
    if status in {"PENDING", "PROCESSING"}:
        return Outcome("pending", batch.job)
    if status == "ERROR":
        return Outcome("retryable", f"Tencent failed to process the file: {words(file.get('error_message'))}")
    if status != "SUCCESSFUL":
        return NOT_SAID
    lines, valid = file.get("line_count"), file.get("valid_line_count")
    some = Outcome("unknown", f"Tencent took {valid} of {lines} lines and does not say which")
    return ACCEPTED if isinstance(lines, int) and lines == valid else some


def _data(response: Response, **parts: type) -> dict[str, Any]:
    ensure_answered(response)
    body = answered_object(response, code=int)
    if body["code"]:
        said = f"code {body['code']} ({words(body.get('message'))})"
        raise StopDelivery(f"Tencent answered {said}: look at account_id, audience_id and the token.")
    data = body.get("data")
    if not isinstance(data, dict) or not all(isinstance(data.get(name), part) for name, part in parts.items()):
        raise AnswerLost("Tencent's answer has no data as the vendor describes them")
    return data


def _form(fields: dict[str, str], lines: str) -> tuple[bytes, str]:
    # A boundary of what is in it: no line of hashes can contain it, and the same batch makes the same request.
    boundary = f"kindred-{hashlib.sha256(lines.encode()).hexdigest()}"
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}' for name, value in fields.items()]
    head = 'Content-Disposition: form-data; name="file"; filename="ids.txt"\r\nContent-Type: text/plain'
    parts.append(f"{head}\r\n\r\n{lines}")
    text = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts) + f"--{boundary}--\r\n"
    return text.encode(), f"multipart/form-data; boundary={boundary}"


def authorise(token: str, request: Request, at: datetime) -> Request:
    """The request with the token, the time in Unix seconds and a nonce in its query."""
    nonce = hashlib.sha256(f"{at.isoformat()} {request.url}".encode() + request.body).hexdigest()[:32]
    query = urlencode({"access_token": token, "timestamp": int(at.timestamp()), "nonce": nonce})
    return replace(request, url=f"{request.url}{'&' if '?' in request.url else '?'}{query}")


def _problems(settings: TencentSettings) -> list[tuple[str, str]]:
    ids = ("account_id", "audience_id")
    return api_problems(settings) + [
        (name, "must be a number.") for name in ids if not getattr(settings, name).isdecimal()
    ]


def _open(configured: Configured, _run: Run, _home: Path) -> Destination:
    settings: TencentSettings = configured.settings
    steps = (Step(partial(build_request, settings), partial(parse_response, settings)),)
    facts = Facts(
        batch_size=10_000,
        max_bytes=10_000_000,
        idempotent=True,
        identifiers=frozenset({"phone"}),
        personal_data="hashed",
        requests_per_second=5,
    )
    poll = (Step(partial(ask, settings), partial(read_answer, settings)),)
    opened = open_api(configured, facts, add=steps, remove=steps, headers=lambda _token: {}, poll=poll)
    return replace(opened, authorise=partial(authorise, configured.secrets["token"].value))


KIND = Kind(TencentSettings, _problems, _open)
