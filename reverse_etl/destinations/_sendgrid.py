"""SendGrid's settings, contacts as it takes them, and its jobs: asked about, and checked against the contacts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import httpx

from reverse_etl._records import ACCEPTED, ONWARD, Onward, Outcome
from reverse_etl.destinations._api import ApiSettings, json_request
from reverse_etl.destinations._http import ensure_answered
from reverse_etl.destinations._rows import answered_object, as_text, at_most

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reverse_etl._records import Batch, Record
    from reverse_etl.destinations._contract import Request, Response

# What a sync's key must be, by the field of SendGrid's that holds it; None for any.
IDENTIFIERS: Final = {
    "email": frozenset({"email"}),
    "phone_number_id": frozenset({"phone"}),
    "external_id": None,
    "anonymous_id": None,
}
_PLACES: Final = {"address_line_1", "address_line_2", "city", "country", "postal_code", "state_province_region"}
_RESERVED: Final = {"first_name", "last_name", *_PLACES}
_PAGE: Final = 100
CONTACTS: Final = "/v3/marketing/contacts"
_REFUSED: Final = Outcome("rejected", "SendGrid's job ended with errors, and this contact is not on the list")
_NOT_TOUCHED: Final = Outcome("unknown", "SendGrid's job ended with errors, and this contact is as it was before")
_FAILED: Final = Outcome("retryable", "SendGrid's job failed as a whole")


@dataclass(frozen=True, kw_only=True)
class SendGridSettings(ApiSettings):
    """The table of a SendGrid list in destinations.toml; the credential is an API key."""

    base_url: str = "https://api.sendgrid.com"
    list_id: str
    identifier: str = "email"  # the field that holds the key, one of IDENTIFIERS
    custom_fields: str = ""  # column=id, column=id: the ids that SendGrid gave to custom fields, such as spent=e1_N


def contact_of(settings: SendGridSettings, ids: Mapping[str, str], record: Record) -> dict[str, Any]:
    """A record as a contact; `ids` are those of custom fields by column."""
    fields = record.fields()
    contact = {name: as_text(value) for name, value in fields.items() if name in _RESERVED}
    contact |= {name: str(value) for name, value in fields.items() if name in IDENTIFIERS and value is not None}
    custom = {
        ids.get(name, name): value for name, value in fields.items() if name not in _RESERVED | IDENTIFIERS.keys()
    }
    own = {name: value if isinstance(value, str) else _plain(value) for name, value in custom.items()}
    return {**contact, settings.identifier: record.record_key, **({"custom_fields": own} if own else {})}


def _plain(value: Any) -> Any:
    # Booleans are text at SendGrid, which has fields of text, numbers and dates only.
    return as_text(value) if value is None or isinstance(value, bool) else value


def custom_ids(settings: SendGridSettings) -> dict[str, str]:
    """The ids of custom fields by the payload's columns.

    Raises:
        ValueError: the setting is no list of column=id.
    """
    pairs = [part.split("=") for part in settings.custom_fields.split(",") if part.strip()]
    return {column.strip(): name.strip() for column, name in pairs}


def build_search(settings: SendGridSettings, batch: Batch) -> Request:
    """Ask for the contacts of a batch by their keys.

    Raises:
        BatchRefused: there are more than a hundred.
    """
    at_most(batch, _PAGE)
    keys = [record.record_key for record in batch.records]
    url = f"{settings.base_url}{CONTACTS}/search/identifiers/{settings.identifier}"
    return json_request("POST", f"{url}#{quote(batch.job or '', safe='')}", {"identifiers": keys})


def parse_search(settings: SendGridSettings, batch: Batch, response: Response) -> list[Outcome | Onward]:
    """Onward with the contact's id; who is not on the list has left."""
    contacts = _contacts(response)

    def answer(record: Record) -> Outcome | Onward:
        contact = contacts.get(record.record_key.casefold())
        return Onward(contact["id"]) if contact and settings.list_id in contact["list_ids"] else ACCEPTED

    return [answer(record) for record in batch.records]


def ask(settings: SendGridSettings, batch: Batch) -> Request:
    """Ask about the job of an addition, or for the contacts of a removal.

    Raises:
        BatchRefused: there are more than a hundred contacts.
    """
    if not batch.is_removal:
        return _ask_job(settings.base_url, batch.job or "")
    return build_search(settings, batch)


def parse_answer(settings: SendGridSettings, batch: Batch, response: Response) -> list[Outcome | Onward]:
    """What became of a job; onward where contacts have to be read back."""
    if batch.is_removal:
        return list(_parse_left(settings, batch, response))
    if response.status == httpx.codes.NOT_FOUND:
        return [Outcome("unknown", "SendGrid no longer knows the job")] * len(batch.records)
    ensure_answered(response)
    return [_verdict(batch, answered_object(response))] * len(batch.records)


def ask_when(request: Request, response: Response) -> Request | None:
    """After the contacts, when the job began."""
    url = httpx.URL(response.url)
    if "/search/" not in url.path:
        return None
    base = request.url.partition(CONTACTS)[0]
    return _ask_job(base, url.fragment)


def parse_verified(settings: SendGridSettings, batch: Batch, response: Response) -> list[Outcome]:
    """Accepted for who is on the list and was written since the job began."""
    contacts = _contacts(response)
    ensure_answered(response.more[0])
    began = _moment(answered_object(response.more[0]).get("started_at"))

    def verdict(record: Record) -> Outcome:
        contact = contacts.get(record.record_key.casefold())
        if contact is None or settings.list_id not in contact["list_ids"]:
            return _REFUSED
        written = _moment(contact.get("updated_at"))
        fresh = began is not None and written is not None and written >= began
        return Outcome("accepted", None, contact["id"]) if fresh else _NOT_TOUCHED

    return [verdict(record) for record in batch.records]


def _verdict(batch: Batch, job: Mapping[str, Any]) -> Outcome | Onward:
    counts, status = job.get("results") or {}, job.get("status")
    if status == "pending":
        return Outcome("pending", batch.job)
    if status == "failed":
        return _FAILED
    taken = (counts.get("created_count") or 0) + (counts.get("updated_count") or 0)
    whole = not counts.get("errored_count") and taken >= (counts.get("requested_count") or 0)
    return ACCEPTED if status == "completed" and whole else ONWARD


def _parse_left(settings: SendGridSettings, batch: Batch, response: Response) -> list[Outcome]:
    held = {key for key, contact in _contacts(response).items() if settings.list_id in contact["list_ids"]}
    waiting = Outcome("pending", batch.job)
    return [waiting if record.record_key.casefold() in held else ACCEPTED for record in batch.records]


def _contacts(response: Response) -> dict[str, dict[str, Any]]:
    if response.status == httpx.codes.NOT_FOUND:  # not one of them is known
        return {}
    ensure_answered(response)
    found = answered_object(response, result=dict)["result"].items()
    return {key.casefold(): one["contact"] for key, one in found if one.get("contact")}


def _ask_job(base_url: str, job: str) -> Request:
    return json_request("GET", f"{base_url}{CONTACTS}/imports/{quote(job, safe='')}")


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
