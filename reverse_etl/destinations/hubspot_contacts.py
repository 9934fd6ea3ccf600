"""HubSpot contacts: POST /crm/v3/objects/contacts/batch/upsert, and a true/false property for the audience.

HubSpot has no audience to leave, so that `audience_property` is set true with each addition and false when somebody
leaves. Leaving goes to batch/update under the record id, which never creates a contact: the id is that of the receipt,
or is looked up by the key. Somebody whom HubSpot does not know has left. See `_hubspot.py` for how answers are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from reverse_etl._records import ACCEPTED, Held
from reverse_etl.destinations._api import bearer, json_request, open_api
from reverse_etl.destinations._contract import Kind, Reader, Step
from reverse_etl.destinations._http import ensure_answered
from reverse_etl.destinations._hubspot import (
    CONTACTS,
    HubSpotSettings,
    absent_places,
    build_upsert,
    hubspot_facts,
    hubspot_problems,
    lookup,
    parse_write,
)
from reverse_etl.destinations._rows import answered_object, keep_free

if TYPE_CHECKING:
    from pathlib import Path

    from reverse_etl._records import Batch, Outcome, Run
    from reverse_etl.destinations._contract import Configured, Destination, Request, Response


@dataclass(frozen=True, kw_only=True)
class HubSpotContactsSettings(HubSpotSettings):
    """The table of HubSpot contacts in destinations.toml."""

    audience_property: str  # a true/false property of contacts that exists in HubSpot


def build_leave(settings: HubSpotContactsSettings, batch: Batch) -> Request:
    """Set the audience's property to false for contacts whose ids are known."""
    inputs = [
        {
            "id": record.external_id,
            "objectWriteTraceId": str(place),
            "properties": {settings.audience_property: "false"},
        }
        for place, record in enumerate(batch.records)
    ]
    return json_request("POST", f"{settings.base_url}{CONTACTS}/batch/update", {"inputs": inputs})


def parse_leave(batch: Batch, response: Response) -> list[Outcome]:
    """As for a write; a contact that is gone has left."""
    outcomes = parse_write(batch, response)
    gone = absent_places(batch, response)
    return [ACCEPTED if place in gone else outcome for place, outcome in enumerate(outcomes)]


def build_page(settings: HubSpotContactsSettings, columns: tuple[str, ...], cursor: str | None) -> Request:
    """A page of all contacts: HubSpot's search ends after 10,000."""
    names = ",".join(dict.fromkeys((settings.id_property, settings.audience_property, *columns)))
    query = {"limit": 100, "properties": names} | ({"after": cursor} if cursor else {})
    return json_request("GET", f"{settings.base_url}{CONTACTS}?{urlencode(query)}")


def parse_page(
    settings: HubSpotContactsSettings, columns: tuple[str, ...], response: Response
) -> tuple[list[Held], str | None]:
    """Those of the page who are in the audience; every field is text there."""
    ensure_answered(response)
    body = answered_object(response, results=list)
    found = [one["properties"] for one in body["results"]]
    held = [
        Held(str(one[settings.id_property]), {name: one.get(name) for name in columns})
        for one in found
        if one.get(settings.audience_property) == "true" and one.get(settings.id_property)
    ]
    return held, (body.get("paging") or {}).get("next", {}).get("after")


def _problems(settings: HubSpotContactsSettings) -> list[tuple[str, str]]:
    return hubspot_problems(settings, "audience_property")


def _open(configured: Configured, run: Run, _home: Path) -> Destination:
    settings: HubSpotContactsSettings = configured.settings
    keep_free(run, settings.audience_property)
    return open_api(
        configured,
        hubspot_facts(settings),
        add=(Step(partial(build_upsert, settings, {settings.audience_property: "true"}), parse_write),),
        remove=(lookup(settings), Step(partial(build_leave, settings), parse_leave)),
        headers=bearer,
        read=Reader(partial(build_page, settings, run.columns), partial(parse_page, settings, run.columns)),
    )


KIND = Kind(HubSpotContactsSettings, _problems, _open)
