"""HubSpot list: upsert the contacts, then PUT /crm/v3/lists/{list_id}/memberships/add-and-remove with their record ids.

The upsert's answer says the record ids, which receipts keep for the day on which somebody leaves; where none is kept
they are looked up by the key. Leaving takes the membership and nothing else. Both keys of the body must be there. The
answer names who was added or removed, and who is missing in HubSpot; whom it does not name was there, or gone, before.
Only MANUAL and SNAPSHOT lists can be changed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote, urlencode

import httpx

from reverse_etl._errors import StopDelivery
from reverse_etl._records import ACCEPTED, Held, Outcome
from reverse_etl.destinations._api import bearer, json_request, open_api
from reverse_etl.destinations._contract import Kind, Reader, Step
from reverse_etl.destinations._hubspot import (
    HubSpotSettings,
    build_upsert,
    hubspot_facts,
    hubspot_problems,
    lookup,
    parse_upsert_onward,
    read_contacts,
)
from reverse_etl.destinations._rows import answered_object, ensure_found

if TYPE_CHECKING:
    from pathlib import Path

    from reverse_etl._records import Batch, Run
    from reverse_etl.destinations._contract import Configured, Destination, Request, Response

# The first name is as HubSpot spells it.
_ANSWERED: Final = ("recordsIdsAdded", "recordIdsRemoved", "recordIdsMissing")
_GONE: Final = Outcome("retryable", "HubSpot no longer knows the record that it had just written")


@dataclass(frozen=True, kw_only=True)
class HubSpotListSettings(HubSpotSettings):
    """The table of a HubSpot list in destinations.toml."""

    list_id: str  # the ILS list id, which is not the number in the address of an old list


def build_membership(settings: HubSpotListSettings, batch: Batch) -> Request:
    """Put records on the list, or take them off it."""
    ids = [record.external_id for record in batch.records]
    to_add, to_remove = ([], ids) if batch.is_removal else (ids, [])
    body = {"recordIdsToAdd": to_add, "recordIdsToRemove": to_remove}
    return json_request("PUT", f"{_address(settings)}/add-and-remove", body)


def parse_membership(settings: HubSpotListSettings, batch: Batch, response: Response) -> list[Outcome]:
    """Accepted unless the record is missing; somebody who is missing has left.

    Raises:
        StopDelivery: there is no such list, or it makes its own members.
    """
    if response.status == httpx.codes.BAD_REQUEST:
        raise StopDelivery(
            f"HubSpot refuses to change the list {settings.list_id}: list_id must be a MANUAL or SNAPSHOT list."
        )
    ensure_found(response, _missing(settings))
    body = answered_object(response, **dict.fromkeys(_ANSWERED, list))
    missing = {str(one) for one in body["recordIdsMissing"]}
    return [_GONE if record.external_id in missing and not batch.is_removal else ACCEPTED for record in batch.records]


def build_page(settings: HubSpotListSettings, columns: tuple[str, ...], cursor: str | None) -> Request:
    """In turn a page of memberships, which are record ids only, and the contacts behind it."""
    at = json.loads(cursor or "{}")
    after = at.get("after") or ""
    if at.get("ids"):
        asked = read_contacts(settings, at["ids"], list(dict.fromkeys((settings.id_property, *columns))))
        return replace(asked, url=f"{asked.url}#{quote(after, safe='')}")
    query = {"limit": "100"} | ({"after": after} if after else {})
    return json_request("GET", f"{_address(settings)}?{urlencode(query)}")


def parse_page(
    settings: HubSpotListSettings, columns: tuple[str, ...], response: Response
) -> tuple[list[Held], str | None]:
    """The contacts of a page, or nobody and the cursor that asks for them; every field is text."""
    ensure_found(response, _missing(settings))
    body = answered_object(response, results=list)
    found = body["results"]
    asked = httpx.URL(response.url)
    if asked.path.endswith("/memberships"):
        after = (body.get("paging") or {}).get("next", {}).get("after")
        return [], json.dumps({"ids": [one["recordId"] for one in found], "after": after}) if found else None
    held = [
        Held(str(one["properties"][settings.id_property]), {name: one["properties"].get(name) for name in columns})
        for one in found
        if one["properties"].get(settings.id_property)
    ]
    return held, json.dumps({"after": unquote(asked.fragment)}) if asked.fragment else None


def _address(settings: HubSpotListSettings) -> str:
    return f"{settings.base_url}/crm/v3/lists/{quote(settings.list_id, safe='')}/memberships"


def _missing(settings: HubSpotListSettings) -> str:
    return f"HubSpot has no list {settings.list_id}: check list_id."


def _problems(settings: HubSpotListSettings) -> list[tuple[str, str]]:
    return hubspot_problems(settings, "list_id")


def _open(configured: Configured, run: Run, _home: Path) -> Destination:
    settings: HubSpotListSettings = configured.settings
    membership = Step(partial(build_membership, settings), partial(parse_membership, settings))
    return open_api(
        configured,
        hubspot_facts(settings),
        add=(Step(partial(build_upsert, settings, {}), parse_upsert_onward), membership),
        remove=(lookup(settings), membership),
        headers=bearer,
        read=Reader(partial(build_page, settings, run.columns), partial(parse_page, settings, run.columns)),
    )


KIND = Kind(HubSpotListSettings, _problems, _open)
