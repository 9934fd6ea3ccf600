"""TikTok audience: POST `/open_api/v1.3/segment/mapping/`, `action: add` or `delete`, one hashed identifier per person.

    {"advertiser_ids": ["7…"], "action": "add", "id_schema": ["EMAIL_SHA256"],
     "batch_data": [[{"id": "5f…", "audience_ids": ["9…"]}]]}

Sent: the key, hashed as TikTok wants it, and nothing else. An audience holds single identifiers, so somebody added
under an address and a phone would have to leave under both, and a removal knows only the key.

Leaving deletes the mapping and nothing else. Traps: HTTP 200 carries an error code, also for a rate limit and a wrong
token; there is one answer for the whole request. (Updates by file, which are not used here, fail when fewer than
1,000 people would stay.) TikTok cannot be read back.

Read: TikTok's list of endpoints, its return codes as other tools repeat them, and public code that sends these
requests. Not verified against a real account: ten requests a second, and that a parameter error about the audience or
the advertiser names it in its message.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from reverse_etl._errors import AnswerLost, BatchRefused, RateLimited, StopDelivery
from reverse_etl._records import ACCEPTED, Batch, Outcome, Run
from reverse_etl.destinations._api import ApiSettings, api_problems, json_request, open_api
from reverse_etl.destinations._contract import Configured, Destination, Facts, Kind, Request, Response, Step
from reverse_etl.destinations._hashing import TIKTOK
from reverse_etl.destinations._http import ensure_answered, retry_after
from reverse_etl.destinations._people import Told, key_in, told, words
from reverse_etl.destinations._rows import answered_object

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SCHEMAS: Final = {"email": "EMAIL_SHA256", "phone": "PHONE_SHA256"}
_OK: Final = 0
_TOO_FAST: Final = frozenset({40100, 40133})
_SIGN_IN: Final = frozenset({40001, 40102, 40103, 40104, 40105})
_GONE: Final = frozenset({40007})
_SYSTEM: Final = range(50000, 60000)


@dataclass(frozen=True, kw_only=True)
class TikTokSettings(ApiSettings):
    """The table of a TikTok audience in destinations.toml."""

    advertiser_id: str
    audience_id: str
    base_url: str = "https://business-api.tiktok.com"
    key: str = "email"  # or phone: the type of the sync's key


def build_request(settings: TikTokSettings, batch: Batch) -> Request:
    """The mappings of one batch, all additions or all removals.

    Raises:
        BatchRefused: nothing is left of any key.
    """
    audiences = [settings.audience_id]
    body = {
        "advertiser_ids": [settings.advertiser_id],
        "action": "delete" if batch.is_removal else "add",
        "id_schema": [_SCHEMAS[settings.key]],
        "batch_data": [[{"id": key, "audience_ids": audiences}] for key in _told(settings, batch).everybody()],
    }
    return json_request("POST", f"{settings.base_url}/open_api/v1.3/segment/mapping/", body)


def parse_response(settings: TikTokSettings, batch: Batch, response: Response) -> list[Outcome]:
    """One outcome per record: code 0 is for all of them.

    Raises:
        DeliveryError: the code in the body says that it was not taken.
        StopDelivery: no request will be.
    """
    ensure_answered(response)
    _ensure(settings, response, answered_object(response))
    return _told(settings, batch).all_alike(ACCEPTED)


def _ensure(settings: TikTokSettings, response: Response, body: Mapping[str, Any]) -> None:
    code, message = body.get("code"), words(body.get("message"))
    if type(code) is not int or code in _SYSTEM:
        raise AnswerLost(f"TikTok failed with code {code}")
    if code in _TOO_FAST:
        raise RateLimited(f"TikTok asks to slow down with code {code}", retry_after(response))
    if code in _SIGN_IN:
        raise StopDelivery(f"TikTok refuses the token or its permission with code {code}: renew {settings.token_env}.")
    if code in _GONE or (code != _OK and any(word in message.lower() for word in ("audience", "advertiser"))):
        raise StopDelivery(f"TikTok answered code {code}: look at advertiser_id and audience_id.")
    if code != _OK:
        raise BatchRefused(f"code {code}: {message}")


def _told(settings: TikTokSettings, batch: Batch) -> Told[str]:
    return told(batch, key_in(TIKTOK[settings.key]))


def _headers(token: str) -> Mapping[str, str]:
    return {"Access-Token": token}


def _problems(settings: TikTokSettings) -> list[tuple[str, str]]:
    found = api_problems(settings)
    ids = ("advertiser_id", "audience_id")
    found += [(name, "must be a number.") for name in ids if not getattr(settings, name).isdecimal()]
    if settings.key not in _SCHEMAS:
        found.append(("key", f"must be {' or '.join(_SCHEMAS)}."))
    return found


def _open(configured: Configured, _run: Run, _home: Path) -> Destination:
    settings: TikTokSettings = configured.settings
    steps = (Step(partial(build_request, settings), partial(parse_response, settings)),)
    facts = Facts(
        batch_size=1_000,
        max_bytes=1_000_000,
        idempotent=True,
        identifiers=frozenset({settings.key}),
        personal_data="hashed",
        requests_per_second=10,
    )
    return open_api(configured, facts, add=steps, remove=steps, headers=_headers)


KIND = Kind(TikTokSettings, _problems, _open)
