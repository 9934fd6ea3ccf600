"""Klaviyo, for both of its destinations: profiles in bulk import jobs, and their ids.

A job is answered with 202 and is polled; who failed stands in its import errors, page by page, each with the profile as
it was sent. A bulk import clears custom properties (`unset`) and cannot clear Klaviyo's own fields: a profile that
clears one of those goes alone, by POST /api/profile-import, which takes null. On 429 only `Retry-After` says how long.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import httpx

from reverse_etl._records import Held, Onward, Outcome
from reverse_etl.destinations._api import ApiSettings, api_problems, json_request
from reverse_etl.destinations._contract import Facts, Step
from reverse_etl.destinations._http import ensure_answered
from reverse_etl.destinations._rows import answered_object, at_most, lacks_ids

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reverse_etl._records import Batch, Record
    from reverse_etl.destinations._contract import Request, Response

# What a sync's key must be, by the field of Klaviyo's that holds it; an external id may be anything.
IDENTIFIERS: Final = {"email": frozenset({"email"}), "phone_number": frozenset({"phone"}), "external_id": None}
_JSON_API: Final = "application/vnd.api+json"
_REVISION: Final = "2026-07-15"
_OWN: Final = frozenset({*IDENTIFIERS, "first_name", "last_name", "organization", "locale", "title", "image"})
_LOCATION: Final = frozenset(
    {"address1", "address2", "city", "country", "region", "zip", "latitude", "longitude", "timezone", "ip"}
)
PAGE: Final = 100


@dataclass(frozen=True, kw_only=True)
class KlaviyoSettings(ApiSettings):
    """The fields of destinations.toml for Klaviyo; the credential is a private API key."""

    base_url: str = "https://a.klaviyo.com"
    identifier: str = "email"  # the field that holds the key: email, phone_number or external_id


def klaviyo_facts(settings: KlaviyoSettings) -> Facts:
    """Ten thousand profiles or 5 MB in a job; ten requests a second, 150 a minute."""
    return Facts(
        batch_size=10_000,
        max_bytes=5_000_000,
        idempotent=True,
        identifiers=IDENTIFIERS[settings.identifier],
        personal_data="plain",
        requests_per_second=10,
        requests_per_minute=150,
    )


def klaviyo_problems(settings: KlaviyoSettings) -> list[tuple[str, str]]:
    """What is wrong with the fields that both destinations have."""
    found = api_problems(settings)
    if settings.identifier not in IDENTIFIERS:
        found.append(("identifier", f"must be one of {', '.join(IDENTIFIERS)}."))
    return found


def api_key(token: str) -> Mapping[str, str]:
    """The headers of every request."""
    return {"Authorization": f"Klaviyo-API-Key {token}", "revision": _REVISION, "Accept": _JSON_API}


def api_request(method: str, url: str, data: Any = None) -> Request:
    """A request whose body is a JSON:API document with these data."""
    return json_request(method, url, None if data is None else {"data": data}, {"Content-Type": _JSON_API})


def lookup(settings: KlaviyoSettings, absent: Outcome) -> Step:
    """The step that finds profile ids by key; `absent` is the outcome where there is no such profile."""
    return Step(partial(build_lookup, settings), partial(parse_lookup, settings, absent), needed=lacks_ids)


def build_lookup(settings: KlaviyoSettings, batch: Batch) -> Request:
    """Ask for the profiles whose id no receipt holds.

    Raises:
        BatchRefused: there are more of them than a page holds.
    """
    at_most(batch, PAGE)
    keys = json.dumps([record.record_key for record in batch.records if record.external_id is None], ensure_ascii=False)
    field = settings.identifier
    query = {"filter": f"any({field},{keys})", "fields[profile]": field, "page[size]": str(PAGE)}
    return api_request("GET", f"{settings.base_url}/api/profiles?{urlencode(query)}")


def parse_lookup(
    settings: KlaviyoSettings, absent: Outcome, batch: Batch, response: Response
) -> list[Outcome | Onward]:
    """Onward with the profile's id."""
    ensure_answered(response)
    found = answered_object(response, data=list)["data"]
    ids = {comparable(one["attributes"].get(settings.identifier)): str(one["id"]) for one in found}

    def answer(record: Record) -> Outcome | Onward:
        known = record.external_id or ids.get(comparable(record.record_key))
        return Onward(known) if known else absent

    return [answer(record) for record in batch.records]


def build_page(address: str, cursor: str | None) -> Request:
    """A page of profiles."""
    query = {"page[size]": str(PAGE)} | ({"page[cursor]": cursor} if cursor else {})
    return api_request("GET", f"{address}?{urlencode(query)}")


def parse_page(
    settings: KlaviyoSettings, audience_property: str, columns: tuple[str, ...], response: Response
) -> tuple[list[Held], str | None]:
    """Those of the page who have a key and, where there is an audience's property, for whom it is true."""
    ensure_answered(response)
    body = answered_object(response, data=list)
    everybody = [one["attributes"] for one in body["data"]]
    held = [
        Held(str(one[settings.identifier]), {name: _field(one, name) for name in columns})
        for one in everybody
        if one.get(settings.identifier) and (not audience_property or _field(one, audience_property) is True)
    ]
    return held, next_cursor(body)


def next_cursor(body: Mapping[str, Any]) -> str | None:
    """The cursor in the link to the next page. The link itself is not followed: it could lead the key elsewhere."""
    link = (body.get("links") or {}).get("next")
    return httpx.URL(link).params.get("page[cursor]") if link else None


def profile_of(settings: KlaviyoSettings, also: Mapping[str, Any], record: Record) -> dict[str, Any]:
    """A record as a profile; `also` are custom properties that it gets."""
    fields = record.fields()
    custom = {name: value for name, value in fields.items() if name not in _OWN | _LOCATION}
    attributes: dict[str, Any] = {name: value for name, value in fields.items() if name in _OWN}
    attributes |= {settings.identifier: record.record_key}
    if location := {name: value for name, value in fields.items() if name in _LOCATION}:
        attributes["location"] = location
    if properties := {name: value for name, value in custom.items() if value is not None} | {**also}:
        attributes["properties"] = properties
    profile: dict[str, Any] = {"type": "profile", "attributes": attributes}
    if cleared := [name for name, value in custom.items() if value is None]:
        profile["meta"] = {"patch_properties": {"unset": cleared}}
    return profile


def clears_own(record: Record) -> bool:
    """Whether a field of Klaviyo's own is null."""
    return any(value is None and name in _OWN | _LOCATION for name, value in record.fields().items())


def _field(attributes: Mapping[str, Any], name: str) -> Any:
    if name in _OWN:
        return attributes.get(name)
    return (attributes.get("location" if name in _LOCATION else "properties") or {}).get(name)


def comparable(key: Any) -> str:
    """A key as it is compared: without regard to case."""
    return str(key or "").casefold()
