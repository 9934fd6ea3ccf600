"""Mailchimp static segment: put people on the list, then POST /3.0/lists/{list_id}/segments/{segment_id}.

Mailchimp ignores addresses silently that are not on the list. So the first step puts them there, and says whom the list
refuses; it also says the tags of each member, a static segment being a tag, so that somebody who is in the segment
already needs no second step. Whom the second answer does not name was not taken. Leaving takes people out of the
segment; they stay on the list, subscribed as they were.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from reverse_etl._records import Onward, Outcome
from reverse_etl.destinations._api import json_request, open_api
from reverse_etl.destinations._contract import Kind, Reader, Step
from reverse_etl.destinations._mailchimp import (
    FACTS,
    MailchimpSettings,
    at_data_centre,
    basic,
    build_members,
    build_removal,
    ensure,
    list_address,
    mailchimp_problems,
    parse_members,
    parse_removal,
    refused_addresses,
)
from reverse_etl.destinations._mailchimp_pages import page_of, parse_page
from reverse_etl.destinations._rows import answered_object

if TYPE_CHECKING:
    from pathlib import Path

    from reverse_etl._records import Batch, Run
    from reverse_etl.destinations._contract import Configured, Destination, Request, Response

_IGNORED: Final = Outcome("retryable", "Mailchimp did not take this address into the segment and did not say why")
_ALSO_THOSE: Final = {"include_unsubscribed": "true", "include_cleaned": "true", "include_transactional": "true"}


@dataclass(frozen=True, kw_only=True)
class MailchimpSegmentSettings(MailchimpSettings):
    """The table of a Mailchimp static segment in destinations.toml."""

    segment_id: int  # the number in its address in Mailchimp


def parse_listed(settings: MailchimpSegmentSettings, batch: Batch, response: Response) -> list[Outcome | Onward]:
    """Who is on the list now goes on to the segment, unless they are in it."""

    def goes_on(outcome: Outcome, tags: list[Any]) -> Outcome | Onward:
        if outcome.verdict != "accepted" or any(tag.get("id") == settings.segment_id for tag in tags):
            return outcome
        return Onward(outcome.external_id)

    return [goes_on(outcome, tags) for outcome, tags in parse_members(settings, batch, response)]


def build_joining(settings: MailchimpSegmentSettings, batch: Batch) -> Request:
    """Take members into the segment."""
    body = {"members_to_add": [record.record_key for record in batch.records], "members_to_remove": []}
    return json_request("POST", _address(settings), body)


def parse_joining(settings: MailchimpSegmentSettings, batch: Batch, response: Response) -> list[Outcome]:
    """Who was taken; an address that is ignored was not."""
    ensure(settings, response, "segment_id")
    body = answered_object(response, members_added=list)
    joined = {one["email_address"].casefold(): one.get("id") for one in body.get("members_added") or []}
    refused = refused_addresses(body)

    def outcome(key: str) -> Outcome:
        if key in joined:
            return Outcome("accepted", None, joined[key])
        return Outcome("rejected", refused[key]) if key in refused else _IGNORED

    return [outcome(record.record_key.casefold()) for record in batch.records]


def _address(settings: MailchimpSegmentSettings) -> str:
    return f"{list_address(settings)}/segments/{settings.segment_id}"


def _read(settings: MailchimpSegmentSettings, cursor: str | None) -> Request:
    return page_of(_address(settings), cursor, **_ALSO_THOSE)


def _problems(settings: MailchimpSegmentSettings) -> list[tuple[str, str]]:
    found = mailchimp_problems(settings)
    return found if settings.segment_id > 0 else [*found, ("segment_id", "must be above 0.")]


def _open(given: Configured, run: Run, _home: Path) -> Destination:
    configured = at_data_centre(given)
    settings: MailchimpSegmentSettings = configured.settings
    leave = Step(partial(build_removal, _address(settings)), partial(parse_removal, settings, "segment_id"))
    return open_api(
        configured,
        FACTS,
        add=(
            Step(partial(build_members, settings, {}), partial(parse_listed, settings)),
            Step(partial(build_joining, settings), partial(parse_joining, settings)),
        ),
        remove=(leave,),
        headers=basic,
        read=Reader(partial(_read, settings), partial(parse_page, settings, lambda _member: True, run.columns)),
    )


KIND = Kind(MailchimpSegmentSettings, _problems, _open)
