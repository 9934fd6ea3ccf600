"""Google Data Manager: POST `/v1/audienceMembers:ingest` and `:remove`, hashed identifiers, answered by a `requestId`.

    {"destinations": [{"operatingAccount": {…}, "productDestinationId": "…"}],
     "audienceMembers": [{"userData": {"userIdentifiers": [{"emailAddress": "5f…"}]}}], "encoding": "HEX",
     "consent": {"adUserData": "CONSENT_GRANTED", …},
     "termsOfService": {"customerMatchTermsOfServiceStatus": "ACCEPTED"}}

Sent: the key, hashed as Google wants it, and nothing else: a list holds identifiers, and a removal knows only the
key. Consent goes with every ingest. Only people with a permission are ever added, so consent to the use of their data
for advertising is granted; consent to personalised advertising is what the table says, because purposes differ.

Leaving removes the membership and nothing else. The answer names a request that is still to be processed: its records
are `pending` until `requestStatus:retrieve` says SUCCESS. Traps: one bad record fails the whole request (the batch is
halved); PARTIAL_SUCCESS does not say who failed, so all of that request are `unknown` and sent again; a list of
customers is not readable. `validate_only` is Google's own dry run: everything is checked and nobody is taken, so
every record stays to be sent.

`token_env` holds an access token with the scope datamanager, which lives for an hour, or by `grant` what such tokens
are given for: a refresh token, or the JSON key of a service account. Read: Google's reference of ingest, remove,
requestStatus and errors, and of OAuth 2.0 for server to server applications. Not verified against a real account: the
rate of 300 a minute and the size of a request.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from reverse_etl._records import ACCEPTED, Batch, Outcome, Run
from reverse_etl.destinations._api import bearer, json_request, open_api
from reverse_etl.destinations._contract import Configured, Destination, Facts, Kind, Request, Response, Step
from reverse_etl.destinations._hashing import GOOGLE
from reverse_etl.destinations._oauth import OAuthSettings, oauth_problems, renewal
from reverse_etl.destinations._people import Told, ensure, key_in, told, words
from reverse_etl.destinations._rows import NOT_SAID, answered_object

if TYPE_CHECKING:
    from pathlib import Path

_IDENTIFIERS: Final = {"email": "emailAddress", "phone": "phoneNumber"}
_VALIDATED: Final = Outcome("retryable", "validate_only is set: it was checked, and nobody was taken")
_NOT_FOUND: Final = 404
_GRANTS: Final = ("refresh_token", "service_account")


@dataclass(frozen=True, kw_only=True)
class GoogleSettings(OAuthSettings):
    """The table of a list of customers at Google in destinations.toml."""

    operating_account_id: str
    audience_id: str  # the user list
    terms_of_service_accepted: bool  # whether somebody accepted the terms of Customer Match
    ad_personalization: bool  # whether the purposes of the syncs allow personalised advertising
    base_url: str = "https://datamanager.googleapis.com"
    token_url: str = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
    scope: str = "https://www.googleapis.com/auth/datamanager"
    account_type: str = "GOOGLE_ADS"
    login_account_id: str = ""  # the manager account, if the token is one's
    key: str = "email"  # or phone: the type of the sync's key
    validate_only: bool = False


def build_request(settings: GoogleSettings, batch: Batch) -> Request:
    """The members of one batch, all additions or all removals.

    Raises:
        BatchRefused: nothing is left of any key.
    """
    identifier = _IDENTIFIERS[settings.key]
    people = _told(settings, batch).everybody()
    body = {
        "destinations": [_destination(settings)],
        "audienceMembers": [{"userData": {"userIdentifiers": [{identifier: key}]}} for key in people],
        "encoding": "HEX",
        "validateOnly": settings.validate_only,
        **({} if batch.is_removal else _permission(settings)),
    }
    return json_request("POST", f"{settings.base_url}/v1/audienceMembers:{_verb(batch)}", body)


def parse_response(settings: GoogleSettings, batch: Batch, response: Response) -> list[Outcome]:
    """All wait for the request that the answer names."""
    ensure(response, _advice(settings))
    if settings.validate_only:
        return _told(settings, batch).all_alike(_VALIDATED)
    job = answered_object(response, requestId=str)["requestId"]
    return _told(settings, batch).all_alike(Outcome("pending", job) if job else NOT_SAID)


def ask(settings: GoogleSettings, batch: Batch) -> Request:
    """What became of a request."""
    query = urlencode({"requestId": batch.job or ""})
    return Request("GET", f"{settings.base_url}/v1/requestStatus:retrieve?{query}", b"")


def read_answer(settings: GoogleSettings, batch: Batch, response: Response) -> list[Outcome]:
    """One outcome per record: that of the only destination of the request."""
    if response.status == _NOT_FOUND:
        return [Outcome("unknown", "Google no longer knows the request")] * len(batch.records)
    ensure(response, _advice(settings))
    said = answered_object(response, requestStatusPerDestination=list)["requestStatusPerDestination"]
    status = said[0] if said and isinstance(said[0], dict) else {}
    return [_outcome(batch, status)] * len(batch.records)


def _outcome(batch: Batch, status: dict[str, Any]) -> Outcome:
    found = {
        "PROCESSING": Outcome("pending", batch.job),
        "SUCCESS": ACCEPTED,
        "PARTIAL_SUCCESS": Outcome("unknown", f"Google took some of the request and does not say whom{_why(status)}"),
        "FAILED": Outcome("retryable", f"Google failed to process the request{_why(status)}"),
    }
    return found.get(str(status.get("requestStatus")), NOT_SAID)


def _why(status: dict[str, Any]) -> str:
    return f": {words(json.dumps(status['errorInfo']))}" if status.get("errorInfo") else ""


def _destination(settings: GoogleSettings) -> dict[str, Any]:
    account = {"accountType": settings.account_type, "accountId": settings.operating_account_id}
    login = {"accountType": settings.account_type, "accountId": settings.login_account_id}
    return {
        "operatingAccount": account,
        **({"loginAccount": login} if settings.login_account_id else {}),
        "productDestinationId": settings.audience_id,
    }


def _permission(settings: GoogleSettings) -> dict[str, Any]:
    personalised = "CONSENT_GRANTED" if settings.ad_personalization else "CONSENT_DENIED"
    return {
        "consent": {"adUserData": "CONSENT_GRANTED", "adPersonalization": personalised},
        "termsOfService": {"customerMatchTermsOfServiceStatus": "ACCEPTED"},
    }


def _verb(batch: Batch) -> str:
    return "remove" if batch.is_removal else "ingest"


def _told(settings: GoogleSettings, batch: Batch) -> Told[str]:
    return told(batch, key_in(GOOGLE[settings.key]))


def _advice(settings: GoogleSettings) -> dict[int, str]:
    return {
        401: f"Google refuses the token: renew {settings.token_env}.",
        403: "Google refuses the account: the token needs access to operating_account_id and the scope datamanager.",
        404: f"Google has no list {settings.audience_id}: look at audience_id.",
    }


def _problems(settings: GoogleSettings) -> list[tuple[str, str]]:
    found = oauth_problems(settings, _GRANTS)
    ids = ("operating_account_id", "audience_id")
    found += [(name, "must be a number without hyphens.") for name in ids if not getattr(settings, name).isdecimal()]
    if not settings.terms_of_service_accepted:
        found.append(("terms_of_service_accepted", "must be true: Google takes nobody without its terms accepted."))
    if settings.key not in _IDENTIFIERS:
        found.append(("key", f"must be {' or '.join(_IDENTIFIERS)}."))
    return found


def _open(configured: Configured, _run: Run, home: Path) -> Destination:
    settings: GoogleSettings = configured.settings
    steps = (Step(partial(build_request, settings), partial(parse_response, settings)),)
    facts = Facts(
        batch_size=10_000,
        max_bytes=10_000_000,
        idempotent=True,
        identifiers=frozenset({settings.key}),
        personal_data="hashed",
        requests_per_minute=300,
    )
    poll = (Step(partial(ask, settings), partial(read_answer, settings)),)
    return open_api(
        configured, facts, add=steps, remove=steps, headers=bearer, poll=poll, auth=renewal(configured, home)
    )


KIND = Kind(GoogleSettings, _problems, _open)
