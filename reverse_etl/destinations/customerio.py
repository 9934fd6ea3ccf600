"""Customer.io manual segment: POST `/api/v1/segments/{id}/add_customers` and `…/remove_customers`, ids only.

    POST {app_url}/v1/customers/attributes?id_type=email    {"ids": ["ana@example.org"]}    who exists, and their ids
    POST {base_url}/api/v1/segments/7/add_customers         {"ids": ["c-1"]}

Two steps, because the segment call ignores ids of the wrong kind without a word: first the people are looked up (App
API), then those found are added or removed by their Customer.io `id`. Nobody is made: somebody whom Customer.io does
not have is rejected, and so is somebody without an `id`, for the vendor removes people by `id` only and they could
never leave. The payload's fields are not sent. Batches hold 100, the most that can be looked up at once, though 1,000
could be added.

Leaving removes the membership and nothing else; somebody who is not there has left. Traps: manual segments only; two
credentials (the Track API's site id and key, the App API's token) and two addresses (both differ in the EU); ten
look-ups a second. The members can be read back by the type of key.

Read: Customer.io's reference of these endpoints. It also says that the segment endpoints do not yet support
workspaces that use both email and id as identifiers. Not verified against a real account: that warning.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from reverse_etl._errors import AnswerLost
from reverse_etl._records import ACCEPTED, Batch, Held, Onward, Outcome, Record, Run
from reverse_etl.destinations._api import ApiSettings, answered_json, api_problems, bearer, json_request, open_api
from reverse_etl.destinations._contract import Configured, Destination, Facts, Kind, Reader, Request, Response, Step
from reverse_etl.destinations._http import address_problem
from reverse_etl.destinations._people import ensure
from reverse_etl.destinations._rows import NOT_SAID, answered_object

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

_ID_TYPES: Final = {"customer_id": "id", "user_id": "id", "email": "email"}
_NOT_THERE: Final = Outcome("rejected", "Customer.io has nobody with this key: the segment would ignore it silently")
_NO_ID: Final = Outcome("rejected", "this person has no id at Customer.io, and could never be taken out again")
_PAGE: Final = 10_000


@dataclass(frozen=True, kw_only=True)
class CustomerIoSettings(ApiSettings):
    """The table of a Customer.io segment in destinations.toml; token_env holds the API key of the Track API."""

    segment_id: str
    site_id: str  # the user name of the Track API
    app_token_env: str  # the variable that holds a token of the App API
    base_url: str = "https://track.customer.io"  # in the EU https://track-eu.customer.io
    app_url: str = "https://api.customer.io"  # in the EU https://api-eu.customer.io
    key: str = "customer_id"  # or user_id, email: the type of the sync's key


def look_up(settings: CustomerIoSettings, batch: Batch) -> Request:
    """Who of the batch exists."""
    query = urlencode({"id_type": _ID_TYPES[settings.key]})
    ids = [record.record_key for record in batch.records]
    return json_request("POST", f"{settings.app_url}/v1/customers/attributes?{query}", {"ids": ids})


def found(settings: CustomerIoSettings, batch: Batch, response: Response) -> list[Outcome | Onward]:
    """Those who exist go on with their id; the answer leaves the others out."""
    ensure(response, _advice(settings))
    ids = _ids_by_key(settings, response)
    return [_next(record, ids.get(record.record_key.casefold())) for record in batch.records]


def build_request(settings: CustomerIoSettings, batch: Batch) -> Request:
    """The ids of one batch, all additions or all removals."""
    verb = "remove_customers" if batch.is_removal else "add_customers"
    url = f"{settings.base_url}/api/v1/segments/{settings.segment_id}/{verb}?id_type=id"
    return json_request("POST", url, {"ids": [record.external_id for record in batch.records]})


def parse_response(settings: CustomerIoSettings, batch: Batch, response: Response) -> list[Outcome]:
    """A 200 with an object is for all of them: each was seen to exist."""
    ensure(response, _advice(settings))
    answered_object(response)
    return [ACCEPTED if record.external_id else NOT_SAID for record in batch.records]


def _next(record: Record, external_id: str | None) -> Outcome | Onward:
    # Whoever was added under an id leaves under that id, even if the address at Customer.io is another one by now.
    leaves = record.operation == "remove"
    known = record.external_id if leaves and record.external_id else external_id
    if known:
        return Onward(known)
    if known is None:
        return ACCEPTED if leaves else _NOT_THERE
    return _NO_ID


def _ids_by_key(settings: CustomerIoSettings, response: Response) -> dict[str, str]:
    # Addresses are compared without case, as Customer.io does; an empty id says that there is none.
    try:
        people = [one["customer"] for one in answered_json(response)["customers"]]
        return {_key(settings, one).casefold(): str(one.get("id") or "") for one in people}
    except (AttributeError, KeyError, TypeError) as error:
        raise AnswerLost("Customer.io's answer has no customers") from error


def _key(settings: CustomerIoSettings, person: dict[str, Any]) -> str:
    if _ID_TYPES[settings.key] == "id":
        return str(person["id"])
    return str((person.get("attributes") or {}).get("email", ""))


def page(settings: CustomerIoSettings, cursor: str | None) -> Request:
    """The request for one page of the segment's members."""
    query = urlencode({"limit": _PAGE, **({"start": cursor} if cursor else {})})
    return Request("GET", f"{settings.app_url}/v1/segments/{settings.segment_id}/membership?{query}", b"")


def members(settings: CustomerIoSettings, response: Response) -> tuple[list[Held], str | None]:
    """Who is on a page, by the sync's type of key, and where the next one begins."""
    ensure(response, _advice(settings))
    body = answered_json(response)
    try:
        keys = [one.get(_ID_TYPES[settings.key]) for one in body["identifiers"] or []]
        return [Held(str(key)) for key in keys if key], body.get("next") or None
    except (AttributeError, KeyError, TypeError) as error:
        raise AnswerLost("Customer.io's answer has no identifiers") from error


def authorise(settings: CustomerIoSettings, token: str, app_token: str, request: Request, _at: datetime) -> Request:
    """The request with the credential of the API that it goes to."""
    is_app = request.url.startswith(f"{settings.app_url}/v1/")
    basic = base64.b64encode(f"{settings.site_id}:{token}".encode()).decode()
    header = bearer(app_token) if is_app else {"Authorization": f"Basic {basic}"}
    return replace(request, headers={**request.headers, **header})


def _advice(settings: CustomerIoSettings) -> dict[int, str]:
    variables = f"{settings.token_env} and {settings.app_token_env}"
    return {
        401: f"Customer.io refuses a credential: look at site_id, {variables} and the region of both addresses.",
        404: f"Customer.io has no manual segment {settings.segment_id}: look at segment_id.",
    }


def _problems(settings: CustomerIoSettings) -> list[tuple[str, str]]:
    problems = api_problems(settings)
    address = address_problem(settings.app_url)
    problems += [("app_url", address)] if address else []
    if not settings.segment_id.isdecimal():
        problems.append(("segment_id", "must be the number of a manual segment."))
    if not settings.app_token_env:
        problems.append(("app_token_env", "must name an environment variable."))
    if settings.key not in _ID_TYPES:
        problems.append(("key", f"must be one of {', '.join(_ID_TYPES)}."))
    return problems


def _open(configured: Configured, _run: Run, _home: Path) -> Destination:
    settings: CustomerIoSettings = configured.settings
    steps = (
        Step(partial(look_up, settings), partial(found, settings)),
        Step(partial(build_request, settings), partial(parse_response, settings)),
    )
    facts = Facts(
        batch_size=100,
        max_bytes=1_000_000,
        idempotent=True,
        identifiers=frozenset({settings.key}),
        personal_data="plain",
        requests_per_second=10,
    )
    read = Reader(partial(page, settings), partial(members, settings))
    opened = open_api(configured, facts, add=steps, remove=steps, headers=lambda _token: {}, read=read)
    secrets = (configured.secrets["token"].value, configured.secrets["app_token"].value)
    return replace(opened, authorise=partial(authorise, settings, *secrets))


KIND = Kind(CustomerIoSettings, _problems, _open)
