"""Klaviyo list: a job writes profiles and puts them on the list; DELETE /api/lists/{list_id}/relationships/profiles.

With `create_profiles` (the default) a bulk import job writes the payload and names the list. Without it only those who
have a profile already are put on the list, by POST to the same address as the DELETE; the payload is then not sent, and
Klaviyo bills nobody new. Both need profile ids, which are those of the receipts or are looked up by the key. Leaving
leaves consent untouched; somebody without a profile has left. See `_klaviyo.py` for jobs, errors and clearing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import httpx

from reverse_etl._errors import BatchRefused, StopDelivery
from reverse_etl._records import ACCEPTED, Onward, Outcome
from reverse_etl.destinations._api import open_api
from reverse_etl.destinations._contract import Kind, Reader, Step
from reverse_etl.destinations._http import ensure_answered
from reverse_etl.destinations._klaviyo import (
    KlaviyoSettings,
    api_key,
    api_request,
    build_page,
    klaviyo_facts,
    klaviyo_problems,
    lookup,
    parse_page,
)
from reverse_etl.destinations._klaviyo_jobs import build_write, job_step, parse_write
from reverse_etl.destinations._rows import at_most, ensure_found
from warehouse import KindredError

if TYPE_CHECKING:
    from pathlib import Path

    from reverse_etl._records import Batch, Run
    from reverse_etl.destinations._contract import Configured, Destination, Request, Response

_MOST: Final = 1000
_NO_PROFILE: Final = Outcome("retryable", "Klaviyo has no profile under this key, and create_profiles is false")
_GONE: Final = Outcome("retryable", "Klaviyo no longer knows the profile")


@dataclass(frozen=True, kw_only=True)
class KlaviyoListSettings(KlaviyoSettings):
    """The table of a Klaviyo list in destinations.toml."""

    list_id: str
    create_profiles: bool = True  # false: only people who have a profile are put on the list, and no field is sent


def build_membership(settings: KlaviyoListSettings, batch: Batch) -> Request:
    """Put profiles on the list, or take them off it.

    Raises:
        BatchRefused: there are more of them than one request takes.
    """
    at_most(batch, _MOST)
    data = [{"type": "profile", "id": record.external_id} for record in batch.records]
    return api_request("DELETE" if batch.is_removal else "POST", _address(settings, "relationships/profiles"), data)


def parse_membership(settings: KlaviyoListSettings, batch: Batch, response: Response) -> list[Outcome]:
    """204 says that all were taken.

    Raises:
        BatchRefused: some profile is not known; the batch is halved down to it.
        StopDelivery: there is no such list.
    """
    if response.status != httpx.codes.NOT_FOUND:
        ensure_answered(response)
        return [ACCEPTED] * len(batch.records)
    if settings.list_id.encode() in response.body:
        raise StopDelivery(_missing(settings))
    if len(batch.records) > 1:
        raise BatchRefused("404: a profile is not known")
    return [ACCEPTED if batch.is_removal else _GONE]


def parse_write_onward(settings: KlaviyoListSettings, batch: Batch, response: Response) -> list[Outcome | Onward]:
    """A job puts profiles on the list by itself; the profile that went alone has that still before it."""
    ensure_found(response, _missing(settings))
    outcomes = parse_write(batch, response)
    return [Onward(one.external_id) if one.verdict == "accepted" else one for one in outcomes]


def _address(settings: KlaviyoListSettings, what: str) -> str:
    return f"{settings.base_url}/api/lists/{quote(settings.list_id, safe='')}/{what}"


def _missing(settings: KlaviyoListSettings) -> str:
    return f"Klaviyo has no list {settings.list_id}: check list_id."


def _problems(settings: KlaviyoListSettings) -> list[tuple[str, str]]:
    found = klaviyo_problems(settings)
    return found if settings.list_id else [*found, ("list_id", "must not be empty.")]


def _open(configured: Configured, run: Run, _home: Path) -> Destination:
    settings: KlaviyoListSettings = configured.settings
    if not settings.create_profiles and (unsent := sorted({*run.columns} - {settings.identifier})):
        raise KindredError(
            f"The sync {run.sync} has payload columns ({', '.join(unsent)}), which {run.destination} does not send"
            " without create_profiles: drop them, or set it to true."
        )
    membership = Step(partial(build_membership, settings), partial(parse_membership, settings))
    write = Step(partial(build_write, settings, {}, settings.list_id), partial(parse_write_onward, settings))
    return open_api(
        configured,
        klaviyo_facts(settings),
        add=(write if settings.create_profiles else lookup(settings, _NO_PROFILE), membership),
        remove=(lookup(settings, ACCEPTED), membership),
        poll=(job_step(settings),),
        headers=api_key,
        read=Reader(
            partial(build_page, _address(settings, "profiles")), partial(parse_page, settings, "", run.columns)
        ),
    )


KIND = Kind(KlaviyoListSettings, _problems, _open)
