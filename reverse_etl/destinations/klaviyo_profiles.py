"""Klaviyo profiles: POST /api/profile-bulk-import-jobs, and a true/false property that says who is in the audience.

Leaving is a job that sets `audience_property` false under the profile's id, which is that of the receipt or is looked
up by the key, so that nobody is made anew by leaving; Klaviyo's unsubscribe is never used, because it takes people off
every list. Somebody without a profile has left. See `_klaviyo.py` for jobs, errors and clearing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from reverse_etl._records import ACCEPTED
from reverse_etl.destinations._api import open_api
from reverse_etl.destinations._contract import Kind, Reader, Step
from reverse_etl.destinations._klaviyo import (
    KlaviyoSettings,
    api_key,
    build_page,
    klaviyo_facts,
    klaviyo_problems,
    lookup,
    parse_page,
)
from reverse_etl.destinations._klaviyo_jobs import build_job, build_write, job_step, parse_write
from reverse_etl.destinations._rows import keep_free

if TYPE_CHECKING:
    from pathlib import Path

    from reverse_etl._records import Batch, Run
    from reverse_etl.destinations._contract import Configured, Destination, Request


@dataclass(frozen=True, kw_only=True)
class KlaviyoProfilesSettings(KlaviyoSettings):
    """The table of Klaviyo profiles in destinations.toml."""

    audience_property: str  # a custom property, made by Klaviyo when it is first sent


def build_leave(settings: KlaviyoProfilesSettings, batch: Batch) -> Request:
    """A job that sets the audience's property to false for profiles whose ids are known."""
    attributes = {"properties": {settings.audience_property: False}}
    return build_job(
        settings, [{"type": "profile", "id": one.external_id, "attributes": attributes} for one in batch.records]
    )


def _problems(settings: KlaviyoProfilesSettings) -> list[tuple[str, str]]:
    found = klaviyo_problems(settings)
    return found if settings.audience_property else [*found, ("audience_property", "must not be empty.")]


def _open(configured: Configured, run: Run, _home: Path) -> Destination:
    settings: KlaviyoProfilesSettings = configured.settings
    keep_free(run, settings.audience_property)
    join = {settings.audience_property: True}
    address = f"{settings.base_url}/api/profiles"
    return open_api(
        configured,
        klaviyo_facts(settings),
        add=(Step(partial(build_write, settings, join, ""), parse_write),),
        remove=(lookup(settings, ACCEPTED), Step(partial(build_leave, settings), parse_write)),
        poll=(job_step(settings),),
        headers=api_key,
        read=Reader(
            partial(build_page, address), partial(parse_page, settings, settings.audience_property, run.columns)
        ),
    )


KIND = Kind(KlaviyoProfilesSettings, _problems, _open)
