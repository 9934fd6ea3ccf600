"""Iterable list: POST `/api/lists/subscribe` and `/api/lists/unsubscribe`, one subscriber per record.

    {"listId": 7, "subscribers": [{"email": "ana@example.org", "dataFields": {"city": "Bonn"}}],
     "updateExistingUsersOnly": false}

Leaving takes the subscriber off the list with `channelUnsubscribe: false`, said explicitly: without it people may be
unsubscribed from the whole channel. A null clears the field. Somebody who is not there has left.

Traps: a 200 carries lists of those who failed (`failedUpdates`, each list a reason); when those and `successCount` do
not add up to what was sent, the others are `unknown`. Addresses come back in lower case. The list can be read back,
as text.

Read: Iterable's pages on the lists API in part; the names of the fail lists are those of its reference as it is
widely quoted. Not verified against a real account: those names, five requests a second, and that a wrong list is
named in `msg`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from reverse_etl._errors import StopDelivery
from reverse_etl._records import ACCEPTED, Batch, Held, Outcome, Record, Run
from reverse_etl.destinations._api import ApiSettings, api_problems, json_request, open_api
from reverse_etl.destinations._contract import Configured, Destination, Facts, Kind, Reader, Request, Response, Step
from reverse_etl.destinations._people import ensure
from reverse_etl.destinations._rows import NOT_SAID, answered_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_IDENTIFIERS: Final = {"email": "email", "customer_id": "userId", "user_id": "userId"}
_NOT_FOUND: Final = frozenset({"notFoundEmails", "notFoundUserIds"})


@dataclass(frozen=True, kw_only=True)
class IterableSettings(ApiSettings):
    """The table of an Iterable list in destinations.toml."""

    list_id: int
    base_url: str = "https://api.iterable.com"  # in the EU https://api.eu.iterable.com
    key: str = "email"  # or customer_id, user_id (both are Iterable's userId): the type of the sync's key


def build_request(settings: IterableSettings, batch: Batch) -> Request:
    """The subscribers of one batch, all additions or all removals."""
    identifier = _IDENTIFIERS[settings.key]
    body: dict[str, Any] = {
        "listId": settings.list_id,
        "subscribers": [_subscriber(identifier, record) for record in batch.records],
    }
    if batch.is_removal:
        return json_request("POST", f"{settings.base_url}/api/lists/unsubscribe", {**body, "channelUnsubscribe": False})
    return json_request("POST", f"{settings.base_url}/api/lists/subscribe", {**body, "updateExistingUsersOnly": False})


def parse_response(settings: IterableSettings, batch: Batch, response: Response) -> list[Outcome]:
    """One outcome per record, by its key in the lists of those who failed.

    Raises:
        BatchRefused: the whole request was.
        StopDelivery: the list is not there, or the key is wrong.
    """
    _ensure(settings, response)
    body = answered_object(response, successCount=int)
    failed = {key.casefold(): reason for reason, key in _failed(body)}
    keys = [record.record_key.casefold() for record in batch.records]
    adds_up = body["successCount"] + sum(key in failed for key in keys) == len(keys)
    return [_outcome(batch, failed.get(key), adds_up=adds_up) for key in keys]


def _subscriber(identifier: str, record: Record) -> dict[str, Any]:
    if record.operation == "remove":
        return {identifier: record.record_key}
    prefer = {"preferUserId": True} if identifier == "userId" else {}
    return {identifier: record.record_key, "dataFields": record.fields(), **prefer}


def _failed(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    # The same names stand at the top and in failedUpdates; whatever list of keys is there names people who failed.
    updates = body.get("failedUpdates")
    for name, value in [*body.items(), *(updates if isinstance(updates, dict) else {}).items()]:
        if isinstance(value, list) and name.endswith(("Emails", "UserIds")):
            yield from ((name, str(key)) for key in value)


def _outcome(batch: Batch, reason: str | None, *, adds_up: bool) -> Outcome:
    if batch.is_removal and reason in _NOT_FOUND:
        return ACCEPTED
    if reason:
        return Outcome("rejected", f"Iterable: {reason}")
    return ACCEPTED if adds_up else NOT_SAID


def _ensure(settings: IterableSettings, response: Response) -> None:
    if response.status == HTTPStatus.BAD_REQUEST and b"listId" in response.body:
        raise StopDelivery(f"Iterable has no static list {settings.list_id}: look at list_id.")
    refused = f"Iterable refuses the key: {settings.token_env} needs a server-side API key of this project and region."
    ensure(response, {401: refused, 403: refused})


def page(settings: IterableSettings, _cursor: str | None) -> Request:
    """The request for the list's members, which come all at once."""
    by_id = "&preferUserId=true" if _IDENTIFIERS[settings.key] == "userId" else ""
    return Request("GET", f"{settings.base_url}/api/lists/getUsers?listId={settings.list_id}{by_id}", b"")


def members(settings: IterableSettings, response: Response) -> tuple[list[Held], str | None]:
    """Who is on the list, one key per line."""
    _ensure(settings, response)
    return [Held(line.strip()) for line in response.body.decode().splitlines() if line.strip()], None


def _headers(token: str) -> Mapping[str, str]:
    return {"Api-Key": token}


def _problems(settings: IterableSettings) -> list[tuple[str, str]]:
    found = api_problems(settings)
    if settings.list_id <= 0:
        found.append(("list_id", "must be the number of a static list."))
    if settings.key not in _IDENTIFIERS:
        found.append(("key", f"must be one of {', '.join(_IDENTIFIERS)}."))
    return found


def _open(configured: Configured, _run: Run, _home: Path) -> Destination:
    settings: IterableSettings = configured.settings
    steps = (Step(partial(build_request, settings), partial(parse_response, settings)),)
    facts = Facts(
        batch_size=1_000,
        max_bytes=4_000_000,
        idempotent=True,
        identifiers=frozenset({settings.key}),
        personal_data="plain",
        requests_per_second=5,
    )
    read = Reader(partial(page, settings), partial(members, settings))
    return open_api(configured, facts, add=steps, remove=steps, headers=_headers, read=read)


KIND = Kind(IterableSettings, _problems, _open)
