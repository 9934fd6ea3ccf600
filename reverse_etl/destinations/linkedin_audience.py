"""LinkedIn DMP segment: POST `/rest/dmpSegments/{id}/users` with `X-RestLi-Method: BATCH_CREATE`.

    {"elements": [{"action": "ADD", "userIds": [{"idType": "SHA256_EMAIL", "idValue": "5f…"}]}]}

Sent: the hashed address and nothing else. LinkedIn would also take names and employers, unhashed.

Leaving is the same call with `action: REMOVE`. The answer has one status per element, in order; adding somebody twice
and removing somebody who is not there are both 201. Traps: a new segment takes a few seconds before it takes people;
a segment is used only from 300 matched members on; versions of the API are switched off after about a year. LinkedIn
cannot be read back.

Read: LinkedIn's pages on DMP segment users and its Postman examples. An older page says 500 requests a minute and a
newer one 600: `requests_per_minute` says which. Not verified against a real account: the words of an element's error.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from reverse_etl._records import ACCEPTED, Batch, Outcome, Run
from reverse_etl.destinations._api import bearer, json_request, open_api
from reverse_etl.destinations._contract import Configured, Destination, Facts, Kind, Request, Response, Step
from reverse_etl.destinations._hashing import LINKEDIN
from reverse_etl.destinations._oauth import OAuthSettings, oauth_problems, renewal
from reverse_etl.destinations._people import ensure, key_in, told, words
from reverse_etl.destinations._rows import NOT_SAID, answered_object

if TYPE_CHECKING:
    from pathlib import Path

_KEY: Final = key_in(LINKEDIN["email"])


@dataclass(frozen=True, kw_only=True)
class LinkedInSettings(OAuthSettings):
    """The table of a LinkedIn segment in destinations.toml."""

    segment_id: str
    base_url: str = "https://api.linkedin.com"
    token_url: str = "https://www.linkedin.com/oauth/v2/accessToken"  # noqa: S105 - an address
    version: str = "202606"  # year and month of the API
    requests_per_minute: float = 600.0


def build_request(settings: LinkedInSettings, batch: Batch) -> Request:
    """The elements of one batch, all additions or all removals.

    Raises:
        BatchRefused: nothing is left of any key.
    """
    action = "REMOVE" if batch.is_removal else "ADD"
    elements = [
        {"action": action, "userIds": [{"idType": "SHA256_EMAIL", "idValue": key}]}
        for key in told(batch, _KEY).everybody()
    ]
    headers = {
        "LinkedIn-Version": settings.version,
        "X-Restli-Protocol-Version": "2.0.0",
        "X-RestLi-Method": "BATCH_CREATE",
    }
    url = f"{settings.base_url}/rest/dmpSegments/{settings.segment_id}/users"
    return json_request("POST", url, {"elements": elements}, headers)


def parse_response(settings: LinkedInSettings, batch: Batch, response: Response) -> list[Outcome]:
    """One outcome per record, by the element's place."""
    ensure(response, _advice(settings))
    elements = answered_object(response, elements=list)["elements"]
    return told(batch, _KEY).outcomes([_outcome(element) for element in elements])


def _outcome(element: Any) -> Outcome:
    status = element.get("status") if isinstance(element, dict) else None
    if not isinstance(status, int):
        return NOT_SAID
    if HTTPStatus(200) <= status < HTTPStatus(300):
        return ACCEPTED
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Outcome("rate_limited", "LinkedIn asks to slow down")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Outcome("unknown", f"LinkedIn failed with {status}")
    return Outcome("rejected", f"{status}: {words(_message(element))}")


def _message(element: dict[str, Any]) -> str:
    error = element.get("error")
    return str(error.get("message")) if isinstance(error, dict) else str(element.get("message", "no reason"))


def _advice(settings: LinkedInSettings) -> dict[int, str]:
    return {
        401: f"LinkedIn refuses the token: renew {settings.token_env}.",
        403: "LinkedIn refuses the segment: the token needs rw_dmp_segments and a role other than viewer.",
        404: f"LinkedIn has no segment {settings.segment_id}: look at segment_id.",
        426: f"LinkedIn has switched off version {settings.version} of its API: set a newer version.",
    }


def _problems(settings: LinkedInSettings) -> list[tuple[str, str]]:
    found = oauth_problems(settings, ("refresh_token",))
    numbers = ("segment_id", "version")
    found += [(name, "must be a number.") for name in numbers if not getattr(settings, name).isdecimal()]
    if settings.requests_per_minute <= 0:
        found.append(("requests_per_minute", "must be above 0."))
    return found


def _open(configured: Configured, _run: Run, home: Path) -> Destination:
    settings: LinkedInSettings = configured.settings
    steps = (Step(partial(build_request, settings), partial(parse_response, settings)),)
    facts = Facts(
        batch_size=5_000,
        max_bytes=5_000_000,
        idempotent=True,
        identifiers=frozenset({"email"}),
        personal_data="hashed",
        requests_per_minute=settings.requests_per_minute,
    )
    return open_api(configured, facts, add=steps, remove=steps, headers=bearer, auth=renewal(configured, home))


KIND = Kind(LinkedInSettings, _problems, _open)
