"""Mailchimp, for both of its destinations: members of a list in batches of five hundred.

New members get `status_if_new`; `status` is never sent, because it would change the subscription of those who are
there. 200 carries `errors[]`, so that an address which no part of the answer names is not known to be taken. Mailchimp
allows ten connections to a user and refuses more with 429 or 403, sometimes without a body.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import httpx

from reverse_etl._errors import RateLimited
from reverse_etl._records import ACCEPTED, Outcome
from reverse_etl.destinations._api import ApiSettings, api_problems, json_request
from reverse_etl.destinations._contract import Facts
from reverse_etl.destinations._http import retry_after
from reverse_etl.destinations._rows import NOT_SAID, answered_object, ensure_found
from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reverse_etl._records import Batch
    from reverse_etl.destinations._contract import Configured, Request, Response

STATUSES: Final = ("subscribed", "pending", "transactional")
_KEY: Final = re.compile(r"\S+-([a-z]+\d+)")
_DATA_CENTRE: Final = "//dc."
ADDRESS: Final = frozenset({"email", "email_address"})  # the key, which is no merge field
OF_THE_MEMBER: Final = frozenset({"email_type", "language"})  # kept beside the merge fields
FACTS: Final = Facts(
    batch_size=500,
    max_bytes=5_000_000,
    idempotent=True,
    identifiers=frozenset({"email"}),
    personal_data="plain",
    connections=10,
)


@dataclass(frozen=True, kw_only=True)
class MailchimpSettings(ApiSettings):
    """The fields of destinations.toml for Mailchimp; the credential is an API key."""

    base_url: str = "https://dc.api.mailchimp.com/3.0"  # dc: the data centre, which the key says after its dash
    list_id: str
    status_if_new: str = "subscribed"


def mailchimp_problems(settings: MailchimpSettings) -> list[tuple[str, str]]:
    """What is wrong with the fields that both destinations have."""
    found = api_problems(settings)
    if not settings.list_id:
        found.append(("list_id", "must not be empty."))
    if settings.status_if_new not in STATUSES:
        found.append(("status_if_new", f"must be one of {', '.join(STATUSES)}."))
    return found


def at_data_centre(configured: Configured) -> Configured:
    """The same with the key's own data centre in the address.

    Raises:
        KindredError: the key does not say one; a part of any other text would be looked up as the name of a host.
    """
    settings: MailchimpSettings = configured.settings
    if _DATA_CENTRE not in settings.base_url:
        return configured
    centre = _KEY.fullmatch(configured.secrets["token"].value)
    if not centre:
        raise KindredError(
            f"[{configured.name}] {settings.token_env} must hold a Mailchimp key, which ends in its data centre, such"
            " as -us6; or give base_url."
        )
    address = settings.base_url.replace(_DATA_CENTRE, f"//{centre[1]}.")
    return replace(configured, settings=replace(settings, base_url=address))


def basic(token: str) -> Mapping[str, str]:
    """The header of an API key, which is a password for any user name."""
    return {"Authorization": "Basic " + base64.b64encode(f"kindred:{token}".encode()).decode()}


def ensure(settings: MailchimpSettings, response: Response, segment: str = "") -> None:
    """Return if the status is a 2xx; see `ensure_found` for what is raised.

    Args:
        settings: they name the list.
        response: the answer.
        segment: the setting that names the segment or tag, where the address has one.

    Raises:
        RateLimited: also for a 403 without a body, which means too many connections; one with a body is a wrong key.
    """
    if response.status == httpx.codes.FORBIDDEN and not response.body.strip():
        raise RateLimited("403 without a body: too many connections", retry_after(response))
    missing = f"Mailchimp has no list {settings.list_id}: check list_id."
    if segment:
        missing = (
            f"Mailchimp has no list {settings.list_id}, or on it no {getattr(settings, segment)}: check list_id and"
            f" {segment}."
        )
    ensure_found(response, missing)


def list_address(settings: MailchimpSettings) -> str:
    """The address of the list."""
    return f"{settings.base_url}/lists/{quote(settings.list_id, safe='')}"


def build_members(settings: MailchimpSettings, also: Mapping[str, Any], batch: Batch) -> Request:
    """Put members on the list, or update them; `also` is what each of them gets beside the payload."""
    members = [
        {"email_address": record.record_key, "status_if_new": settings.status_if_new, **_member(record.fields(), also)}
        for record in batch.records
    ]
    body = {"members": members, "update_existing": True, "sync_tags": False}
    return json_request("POST", list_address(settings), body)


def parse_members(settings: MailchimpSettings, batch: Batch, response: Response) -> list[tuple[Outcome, list[Any]]]:
    """What became of each member, and the tags that they carry; an accepted one says the member's id."""
    ensure(settings, response)
    body = answered_object(response)
    taken = {
        one["email_address"].casefold(): (Outcome("accepted", None, one.get("id")), one.get("tags") or [])
        for kind in ("new_members", "updated_members")
        for one in body.get(kind) or []
    }
    refused: dict[str, tuple[Outcome, list[Any]]] = {
        one["email_address"].casefold(): (Outcome("rejected", str(one.get("error"))), [])
        for one in body.get("errors") or []
    }
    said = taken | refused
    return [said.get(record.record_key.casefold(), (NOT_SAID, [])) for record in batch.records]


def build_removal(address: str, batch: Batch) -> Request:
    """Take members out of a static segment or off a tag, which is one."""
    body = {"members_to_add": [], "members_to_remove": [record.record_key for record in batch.records]}
    return json_request("POST", address, body)


def parse_removal(settings: MailchimpSettings, segment: str, batch: Batch, response: Response) -> list[Outcome]:
    """Accepted unless an error names them: Mailchimp ignores addresses that were not there."""
    ensure(settings, response, segment)
    refused = refused_addresses(answered_object(response, members_removed=list))
    return [
        Outcome("rejected", refused[key]) if (key := record.record_key.casefold()) in refused else ACCEPTED
        for record in batch.records
    ]


def refused_addresses(body: Mapping[str, Any]) -> dict[str, str]:
    """Why, by address, from the answer about a static segment: one error may name several."""
    return {
        address.casefold(): str(error.get("error"))
        for error in body.get("errors") or []
        for address in error.get("email_addresses") or []
    }


def _member(fields: Mapping[str, Any], also: Mapping[str, Any]) -> dict[str, Any]:
    # Merge tags are upper case at Mailchimp and columns lower case in the warehouse. Empty text clears a merge field.
    merged = {
        name.upper(): _value(value)
        for name, value in fields.items()
        if name not in ADDRESS and name not in OF_THE_MEMBER
    }
    own = {name: str(value) for name, value in fields.items() if name in OF_THE_MEMBER and value is not None}
    return {**own, **also, "merge_fields": merged | also.get("merge_fields", {})}


def _value(value: Any) -> Any:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else value
