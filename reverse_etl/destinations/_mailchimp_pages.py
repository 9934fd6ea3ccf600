"""Read a Mailchimp list or segment back, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import httpx

from reverse_etl._records import Held
from reverse_etl.destinations._api import json_request
from reverse_etl.destinations._mailchimp import ADDRESS, OF_THE_MEMBER, MailchimpSettings, ensure
from reverse_etl.destinations._rows import answered_object

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reverse_etl.destinations._contract import Request, Response

_PAGE: Final = 1000


def page_of(address: str, cursor: str | None, **also: str) -> Request:
    """A page of members; the cursor is the offset."""
    names = ("email_address", "merge_fields", "tags", *sorted(OF_THE_MEMBER))
    fields = ",".join(f"members.{name}" for name in names)
    query = {"count": str(_PAGE), "offset": cursor or "0", "fields": fields, **also}
    return json_request("GET", f"{address}/members?{urlencode(query)}")


def parse_page(
    settings: MailchimpSettings, is_in: Callable[[dict[str, Any]], bool], columns: tuple[str, ...], response: Response
) -> tuple[list[Held], str | None]:
    """Those of the page who are in the audience, with the merge fields of the payload's columns."""
    ensure(settings, response)
    members = answered_object(response, members=list)["members"]
    held = [Held(one["email_address"], {name: _held(one, name) for name in columns}) for one in members if is_in(one)]
    offset = int(httpx.URL(response.url).params.get("offset", "0"))
    return held, str(offset + len(members)) if members else None


def _held(member: Mapping[str, Any], name: str) -> Any:
    if name in OF_THE_MEMBER:
        return member.get(name)
    return member["email_address"] if name in ADDRESS else member.get("merge_fields", {}).get(name.upper())
