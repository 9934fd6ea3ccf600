"""Meta Custom Audience: POST and DELETE `/{audience}/users`, rows of hashes under a schema.

    {"payload": {"schema": ["EXTERN_ID", "EMAIL", "FN"], "data": [["5f…", "5f…", "9a…"]]}, "session": {…}}

Sent: the key, and of the payload those fields that Meta matches by (email, phone, first_name, last_name, city, state,
postal_code, country, device_id), each hashed as Meta wants it; other fields are not sent. `EXTERN_ID` is the hash of
the key again: Meta may have matched somebody by the phone alone, and a removal, which knows nothing but the key, has
to find that row. A field that became empty is sent as an empty cell.

Leaving deletes the membership and nothing else. Traps: the answer has only counts, so a batch with invalid entries is
halved until the entry is found (the others are added again, which changes nothing); the audience itself changes
within 24 hours, and its size is not to be had row by row; each request is a session of its own, because the sessions
of a run that died could never be ended. Meta cannot be read back.

Read: Meta's pages on custom audiences' users and sessions, and public code that reads its answers. Not verified
against a real account: the removal by EXTERN_ID, and which error code says that an audience is gone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from reverse_etl._errors import AnswerLost, BatchRefused, RateLimited, StopDelivery
from reverse_etl._records import ACCEPTED, Batch, Outcome, Record, Run
from reverse_etl.destinations._api import ApiSettings, answered_json, api_problems, bearer, json_request, open_api
from reverse_etl.destinations._contract import Configured, Destination, Facts, Kind, Request, Response, Step
from reverse_etl.destinations._hashing import META, META_US_POSTAL_CODE
from reverse_etl.destinations._http import ensure_answered, retry_after
from reverse_etl.destinations._people import key_in, told, words
from reverse_etl.destinations._rows import NOT_SAID, answered_object

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_COLUMNS: Final = {
    "email": "EMAIL",
    "phone": "PHONE",
    "first_name": "FN",
    "last_name": "LN",
    "city": "CT",
    "state": "ST",
    "postal_code": "ZIP",
    "country": "COUNTRY",
    "device_id": "MADID",
}
_KEYS: Final = ("email", "phone")
_TOO_FAST: Final = frozenset({4, 17, 32, 613, 80003})  # of the app, the user, the page, the call, custom audiences
_SIGN_IN: Final = frozenset({10, 102, 190, 200})  # permission or token
_PASSING: Final = frozenset({1, 2})
_GONE: Final = frozenset({33, 803, 1713230})  # no such object, twice; the audience was flagged
_INVALID: Final = "Meta counted this entry as invalid"


@dataclass(frozen=True, kw_only=True)
class MetaSettings(ApiSettings):
    """The table of a Meta Custom Audience in destinations.toml."""

    audience_id: str
    base_url: str = "https://graph.facebook.com"
    version: str = "v25.0"
    key: str = "email"  # or phone: the type of the sync's key


def build_request(settings: MetaSettings, batch: Batch) -> Request:
    """The rows of one batch, all additions or all removals.

    Raises:
        BatchRefused: nothing is left of any key.
    """
    fields = _fields(settings, batch)
    payload = {
        "schema": ["EXTERN_ID", *(_COLUMNS[field] for field in fields)],
        "data": told(batch, _row(settings, fields)).everybody(),
    }
    body = {"payload": payload, "session": _session(batch)}
    url = f"{settings.base_url}/{settings.version}/{settings.audience_id}/users"
    return json_request("DELETE" if batch.is_removal else "POST", url, body)


def parse_response(settings: MetaSettings, batch: Batch, response: Response) -> list[Outcome]:
    """All accepted, or all invalid; anything between is halved.

    Raises:
        BatchRefused: some entries are invalid and Meta does not say which.
    """
    _ensure(settings, response)
    people = told(batch, _row(settings, _fields(settings, batch)))
    sent, (received, invalid) = len(people.everybody()), _counts(response)
    if received != sent:
        return people.all_alike(NOT_SAID)
    if invalid == sent:
        return people.all_alike(Outcome("rejected", _INVALID))
    if invalid:
        raise BatchRefused(f"{invalid} of {sent} entries are invalid")
    return people.all_alike(ACCEPTED)


def _fields(settings: MetaSettings, batch: Batch) -> tuple[str, ...]:
    if batch.is_removal:
        return (settings.key,)
    named = {name for record in batch.records for name in record.fields()}
    return (settings.key, *(name for name in _COLUMNS if name in named and name != settings.key))


def _row(settings: MetaSettings, fields: tuple[str, ...]) -> Callable[[Record], list[str]]:
    key = key_in(META[settings.key])

    def row(record: Record) -> list[str]:
        payload = record.fields() if fields[1:] else {}
        others = [_cell(name, payload) for name in fields[1:]]
        return [key(record)] * 2 + others

    return row


def _cell(name: str, payload: dict[str, Any]) -> str:
    is_us = name == "postal_code" and str(payload.get("country") or "").strip().lower() == "us"
    field = META_US_POSTAL_CODE if is_us else META[name]
    value = payload.get(name)
    return "" if value is None else field(str(value))


def _session(batch: Batch) -> dict[str, Any]:
    # Sixty-three bits of what is sent: the same for the same request, so that Meta's pages show one upload for it.
    said = " ".join([batch.run.run_id, batch.records[0].operation, *(record.record_key for record in batch.records)])
    number = int.from_bytes(hashlib.sha256(said.encode()).digest()[:8], "big") >> 1
    return {
        "session_id": number,
        "batch_seq": 1,
        "last_batch_flag": True,
        "estimated_num_total": len(batch.records),
    }


def _ensure(settings: MetaSettings, response: Response) -> None:
    # Meta answers 400 for nearly everything; the code in the body says what it is.
    error = _error(response)
    codes = {code for code in (error.get("code"), error.get("error_subcode")) if isinstance(code, int)}
    if codes & _TOO_FAST:
        raise RateLimited("Meta asks to slow down", retry_after(response))
    if codes & _SIGN_IN:
        raise StopDelivery(f"Meta refuses the token or its permission: renew {settings.token_env}.")
    if codes & _GONE:
        raise StopDelivery(f"Meta has no audience {settings.audience_id} that can be changed: look at audience_id.")
    if codes & _PASSING:
        raise AnswerLost("Meta failed for the moment")
    if error:
        raise BatchRefused(f"{response.status}: {words(error.get('message'))}")
    ensure_answered(response)


def _error(response: Response) -> dict[str, Any]:
    try:
        body = answered_json(response)
    except AnswerLost:
        return {}
    found = body.get("error") if isinstance(body, dict) else None
    return found if isinstance(found, dict) else {}


def _counts(response: Response) -> tuple[int, int]:
    body = answered_object(response, num_received=int, num_invalid_entries=int)
    return body["num_received"], body["num_invalid_entries"]


def _problems(settings: MetaSettings) -> list[tuple[str, str]]:
    found = api_problems(settings)
    if not settings.audience_id.isdecimal():
        found.append(("audience_id", "must be the number of a custom audience."))
    if settings.key not in _KEYS:
        found.append(("key", "must be email or phone."))
    return found


def _open(configured: Configured, _run: Run, _home: Path) -> Destination:
    settings: MetaSettings = configured.settings
    steps = (Step(partial(build_request, settings), partial(parse_response, settings)),)
    facts = Facts(
        batch_size=10_000,
        max_bytes=25_000_000,
        idempotent=True,
        identifiers=frozenset({settings.key}),
        personal_data="hashed",
    )
    return open_api(configured, facts, add=steps, remove=steps, headers=bearer)


KIND = Kind(MetaSettings, _problems, _open)
