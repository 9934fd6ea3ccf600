"""SendGrid: PUT /v3/marketing/contacts with `list_ids`; DELETE /v3/marketing/lists/{list_id}/contacts by contact ids.

Both are answered with 202 and a job. That of an addition is polled; where it ended with errors the contacts are read
back a hundred at a time, because what the file of errors looks like is published nowhere. After a removal the contacts
are read back as well. The contact itself stays. To update a contact every identifier that SendGrid has of it must be
sent, so the payload should have them all: `email`, `phone_number_id`, `external_id`, `anonymous_id`. Null is refused
by SendGrid: an empty text clears a field, except an identifier, which cannot be cleared and is left out, and a field of
numbers or dates, of which SendGrid refuses the record. The list cannot be read back but by an export.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import httpx

from reverse_etl._errors import BatchRefused, StopDelivery
from reverse_etl._records import Outcome
from reverse_etl.destinations._api import api_problems, bearer, json_request, open_api
from reverse_etl.destinations._contract import Facts, Kind, Step
from reverse_etl.destinations._rows import NOT_SAID, answered_object, ensure_found
from reverse_etl.destinations._sendgrid import (
    CONTACTS,
    IDENTIFIERS,
    SendGridSettings,
    ask,
    ask_when,
    build_search,
    contact_of,
    custom_ids,
    parse_answer,
    parse_search,
    parse_verified,
)

if TYPE_CHECKING:
    from pathlib import Path

    from reverse_etl._records import Batch, Run
    from reverse_etl.destinations._contract import Configured, Destination, Request, Response


def build_upsert(settings: SendGridSettings, batch: Batch) -> Request:
    """Create or update contacts and put them on the list."""
    ids = custom_ids(settings)
    contacts = [contact_of(settings, ids, record) for record in batch.records]
    body = {"list_ids": [settings.list_id], "contacts": contacts}
    return json_request("PUT", f"{settings.base_url}{CONTACTS}", body)


def parse_upsert(settings: SendGridSettings, batch: Batch, response: Response) -> list[Outcome]:
    """Pending with the job's id.

    Raises:
        StopDelivery: there is no such list.
    """
    if response.status == httpx.codes.BAD_REQUEST and _is_about_list(response):
        raise StopDelivery(_missing(settings))
    ensure_found(response, _missing(settings))
    return _pending(batch, response)


def build_leave(settings: SendGridSettings, batch: Batch) -> Request:
    """Take contacts off the list; they stay contacts."""
    query = urlencode({"contact_ids": ",".join(str(record.external_id) for record in batch.records)}, safe=",")
    return json_request(
        "DELETE", f"{settings.base_url}/v3/marketing/lists/{quote(settings.list_id, safe='')}/contacts?{query}"
    )


def parse_leave(settings: SendGridSettings, batch: Batch, response: Response) -> list[Outcome]:
    """Pending with the job's id.

    Raises:
        BatchRefused: the list or one of several contacts is not known; SendGrid does not say which.
        StopDelivery: the list is not, as the contact was found a moment ago.
    """
    if response.status == httpx.codes.NOT_FOUND and len(batch.records) > 1:
        raise BatchRefused("404: the list or a contact is not known")
    ensure_found(response, _missing(settings))
    return _pending(batch, response)


def _pending(batch: Batch, response: Response) -> list[Outcome]:
    job = answered_object(response).get("job_id")
    return [Outcome("pending", str(job)) if job else NOT_SAID] * len(batch.records)


def _is_about_list(response: Response) -> bool:
    return any(str(one.get("field")).startswith("list_ids") for one in answered_object(response).get("errors") or [])


def _missing(settings: SendGridSettings) -> str:
    return f"SendGrid has no list {settings.list_id}: check list_id."


def _problems(settings: SendGridSettings) -> list[tuple[str, str]]:
    found = api_problems(settings)
    if not settings.list_id:
        found.append(("list_id", "must not be empty."))
    if settings.identifier not in IDENTIFIERS:
        found.append(("identifier", f"must be one of {', '.join(IDENTIFIERS)}."))
    try:
        custom_ids(settings)
    except ValueError:
        found.append(("custom_fields", "must be written as column=id, column=id."))
    return found


def _open(configured: Configured, _run: Run, _home: Path) -> Destination:
    settings: SendGridSettings = configured.settings
    facts = Facts(
        batch_size=30_000,
        max_bytes=6_000_000,
        idempotent=True,
        identifiers=IDENTIFIERS[settings.identifier],
        personal_data="plain",
    )
    search = partial(build_search, settings)
    return open_api(
        configured,
        facts,
        add=(Step(partial(build_upsert, settings), partial(parse_upsert, settings)),),
        remove=(
            Step(search, partial(parse_search, settings)),
            Step(partial(build_leave, settings), partial(parse_leave, settings)),
        ),
        poll=(
            Step(partial(ask, settings), partial(parse_answer, settings)),
            Step(search, partial(parse_verified, settings), ask_when),
        ),
        headers=bearer,
    )


KIND = Kind(SendGridSettings, _problems, _open)
