"""Mailchimp list: POST /3.0/lists/{list_id} with `update_existing`, and a mark that says who is in the audience.

Leaving never unsubscribes or archives: the mark is taken away. The mark is one of two things.

- `audience_tag`, with its number `audience_tag_id` (a tag is a static segment; the number stands in its address in
  Mailchimp): given with the addition, taken away from up to 500 people in one request. The quick way.
- `audience_field`, a merge field that is `yes`, and `no` for those who left: leaving is one PATCH for each person,
  because the batch request could put somebody on the list who is not there, and PATCH cannot.

Sent are the payload's fields as merge fields, named in upper case; `language` and `email_type` stand beside them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import httpx

from reverse_etl._records import ACCEPTED
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
)
from reverse_etl.destinations._mailchimp_pages import page_of, parse_page
from reverse_etl.destinations._rows import at_most, keep_free

if TYPE_CHECKING:
    from pathlib import Path

    from reverse_etl._records import Batch, Outcome, Run
    from reverse_etl.destinations._contract import Configured, Destination, Request, Response

_IN: Final = "yes"
_OUT: Final = "no"


@dataclass(frozen=True, kw_only=True)
class MailchimpListSettings(MailchimpSettings):
    """The table of a Mailchimp list in destinations.toml."""

    audience_tag: str = ""
    audience_tag_id: int = 0
    audience_field: str = ""  # a merge tag, such as INAUDIENCE


def parse_additions(settings: MailchimpListSettings, batch: Batch, response: Response) -> list[Outcome]:
    """What became of each member."""
    return [outcome for outcome, _tags in parse_members(settings, batch, response)]


def build_leave(settings: MailchimpListSettings, batch: Batch) -> Request:
    """Set one person's merge field to `no`.

    Raises:
        BatchRefused: there are several.
    """
    at_most(batch, 1)
    # Mailchimp's name for a member is the MD5 of the address in lower case.
    name = hashlib.md5(batch.records[0].record_key.lower().encode(), usedforsecurity=False).hexdigest()
    address = f"{list_address(settings)}/members/{name}?skip_merge_validation=true"
    return json_request("PATCH", address, {"merge_fields": {settings.audience_field.upper(): _OUT}})


def ask_for_list(settings: MailchimpListSettings, _request: Request, response: Response) -> Request | None:
    """After a 404 whether there is such a list: Mailchimp does not say which of the two it does not know."""
    if response.status == httpx.codes.NOT_FOUND and "/members/" in response.url:
        return json_request("GET", f"{list_address(settings)}?fields=id")
    return None


def parse_leave(settings: MailchimpListSettings, _batch: Batch, response: Response) -> list[Outcome]:
    """Accepted also where the list has no such member."""
    for answer in response.more or (response,):
        ensure(settings, answer)
    return [ACCEPTED]


def _tag_address(settings: MailchimpListSettings) -> str:
    return f"{list_address(settings)}/segments/{settings.audience_tag_id}"


def _leave(settings: MailchimpListSettings) -> Step:
    if settings.audience_field:
        return Step(partial(build_leave, settings), partial(parse_leave, settings), partial(ask_for_list, settings))
    return Step(partial(build_removal, _tag_address(settings)), partial(parse_removal, settings, "audience_tag_id"))


def _is_in(settings: MailchimpListSettings, member: dict[str, Any]) -> bool:
    if settings.audience_field:
        return bool(member.get("merge_fields", {}).get(settings.audience_field.upper()) == _IN)
    return any(tag.get("name") == settings.audience_tag for tag in member.get("tags") or [])


def _read(settings: MailchimpListSettings, cursor: str | None) -> Request:
    return page_of(list_address(settings), cursor)


def _problems(settings: MailchimpListSettings) -> list[tuple[str, str]]:
    found = mailchimp_problems(settings)
    if bool(settings.audience_tag) == bool(settings.audience_field):
        found.append(("audience_tag", "either it or audience_field must be given, and not both."))
    elif settings.audience_tag and settings.audience_tag_id <= 0:
        found.append(("audience_tag_id", "must be the number of audience_tag."))
    return found


def _open(given: Configured, run: Run, _home: Path) -> Destination:
    configured = at_data_centre(given)
    settings: MailchimpListSettings = configured.settings
    if settings.audience_field:
        keep_free(run, settings.audience_field)
        also: dict[str, Any] = {"merge_fields": {settings.audience_field.upper(): _IN}}
    else:
        also = {"tags": [settings.audience_tag]}
    return open_api(
        configured,
        FACTS,
        add=(Step(partial(build_members, settings, also), partial(parse_additions, settings)),),
        remove=(_leave(settings),),
        headers=basic,
        read=Reader(partial(_read, settings), partial(parse_page, settings, partial(_is_in, settings), run.columns)),
    )


KIND = Kind(MailchimpListSettings, _problems, _open)
