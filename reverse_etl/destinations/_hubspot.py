"""HubSpot, for both of its destinations: contacts in batches of a hundred, and their record ids.

An answer is read by `objectWriteTraceId`, the place of the record in the request: HubSpot answers in any order. It may
be 200, or 207 with some `errors`; 400 and 409 refuse the whole batch because of one record, and a body without `inputs`
is accepted and does nothing, so that a record which no result and no error names is not known to be taken.
Every property is text; the empty text clears it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from reverse_etl._records import ACCEPTED, ONWARD, Onward, Outcome
from reverse_etl.destinations._api import ApiSettings, api_problems, json_request
from reverse_etl.destinations._contract import Facts, Step
from reverse_etl.destinations._http import ensure_answered
from reverse_etl.destinations._rows import NOT_SAID, answered_object, as_text, lacks_ids

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reverse_etl._records import Batch, Record
    from reverse_etl.destinations._contract import Request, Response

CONTACTS: Final = "/crm/v3/objects/contacts"
NOT_FOUND: Final = "OBJECT_NOT_FOUND"


@dataclass(frozen=True, kw_only=True)
class HubSpotSettings(ApiSettings):
    """The fields of destinations.toml for HubSpot; the credential is the token of a private app."""

    base_url: str = "https://api.hubapi.com"
    id_property: str = "email"  # the property that holds the key; its values must be unique in HubSpot


def hubspot_facts(settings: HubSpotSettings) -> Facts:
    """A hundred contacts in a request, a hundred requests in ten seconds."""
    return Facts(
        batch_size=100,
        max_bytes=3_000_000,
        idempotent=True,
        identifiers=frozenset({"email"}) if settings.id_property == "email" else None,
        personal_data="plain",
        requests_per_second=10,
    )


def hubspot_problems(settings: HubSpotSettings, *required: str) -> list[tuple[str, str]]:
    """What is wrong with the settings; `required` names the texts that must not be empty."""
    empty = [name for name in ("id_property", *required) if not getattr(settings, name)]
    return [*api_problems(settings), *((name, "must not be empty.") for name in empty)]


def build_upsert(settings: HubSpotSettings, also: Mapping[str, str], batch: Batch) -> Request:
    """Create or update the contacts of a batch; `also` are properties that each of them gets."""
    inputs = [
        {
            "id": record.record_key,
            "idProperty": settings.id_property,
            "objectWriteTraceId": str(place),
            "properties": {name: as_text(value) for name, value in record.fields().items()} | {**also},
        }
        for place, record in enumerate(batch.records)
    ]
    return json_request("POST", f"{settings.base_url}{CONTACTS}/batch/upsert", {"inputs": inputs})


def parse_write(batch: Batch, response: Response) -> list[Outcome]:
    """What became of each contact; an accepted one says its record id."""
    ensure_answered(response)
    body = answered_object(response)
    said = {
        str(one.get("objectWriteTraceId")): Outcome("accepted", None, str(one["id"])) for one in body.get("results", [])
    }
    for error in body.get("errors", []):
        for trace in _context(error, "objectWriteTraceId"):
            said[trace] = Outcome("rejected", str(error.get("message")))
    return [said.get(str(place), NOT_SAID) for place in range(len(batch.records))]


def parse_upsert_onward(batch: Batch, response: Response) -> list[Outcome | Onward]:
    """The same, where another step follows for those that were taken."""
    return [
        Onward(outcome.external_id) if outcome.verdict == "accepted" else outcome
        for outcome in parse_write(batch, response)
    ]


def lookup(settings: HubSpotSettings) -> Step:
    """The step that finds record ids by key; somebody whom HubSpot does not know has left already."""
    return Step(partial(build_lookup, settings), partial(parse_lookup, settings), needed=lacks_ids)


def build_lookup(settings: HubSpotSettings, batch: Batch) -> Request:
    """Ask for the contacts whose id no receipt holds."""
    keys = [record.record_key for record in batch.records if record.external_id is None]
    return read_contacts(settings, keys, [settings.id_property], by=settings.id_property)


def parse_lookup(settings: HubSpotSettings, batch: Batch, response: Response) -> list[Outcome | Onward]:
    """Onward with the id; accepted where HubSpot says that there is nobody."""
    ensure_answered(response)
    body = answered_object(response)
    ids = {
        str(one["properties"].get(settings.id_property)).casefold(): str(one["id"]) for one in body.get("results", [])
    }
    absent = set(_not_found(body.get("errors", [])))

    def found(record: Record) -> Outcome | Onward:
        key = record.record_key.casefold()
        if record.external_id or key in ids:
            return Onward(ids[key]) if key in ids else ONWARD
        return ACCEPTED if key in absent else NOT_SAID

    return [found(record) for record in batch.records]


def read_contacts(
    settings: HubSpotSettings, ids: Sequence[str], properties: Sequence[str], *, by: str | None = None
) -> Request:
    """Read a hundred contacts at most, by record id or by a property that is unique."""
    body = {"inputs": [{"id": one} for one in ids], "properties": list(properties), "propertiesWithHistory": []}
    asked = body | ({"idProperty": by} if by else {})
    return json_request("POST", f"{settings.base_url}{CONTACTS}/batch/read", asked)


def absent_places(batch: Batch, response: Response) -> set[int]:
    """The places of the records of which an answer says that there is no such contact."""
    missing = set(_not_found(answered_object(response).get("errors", [])))
    return {place for place, record in enumerate(batch.records) if (record.external_id or "").casefold() in missing}


def _not_found(errors: list[dict[str, Any]]) -> Iterator[str]:
    for error in errors:
        if error.get("category") == NOT_FOUND:
            yield from (one.casefold() for one in _context(error, "ids"))


def _context(error: Mapping[str, Any], name: str) -> list[str]:
    return [str(one) for one in (error.get("context") or {}).get(name, [])]
