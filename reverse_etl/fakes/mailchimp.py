"""Mailchimp on this machine: a list, its members, tags and static segments, as its reference describes them (3.0)."""

from __future__ import annotations

import base64
import hashlib
import re
from abc import abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from reverse_etl.fakes._fake import Call, Fake, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST: Final = 500
_PATH: Final = re.compile(r"(?:/3\.0)?/lists/([^/]+)(?:/segments/(\d+))?(?:/(members)(?:/([0-9a-f]{32}))?)?")
_PROBLEM: Final = {"Content-Type": "application/problem+json; charset=utf-8"}


@dataclass
class Mailchimp(Fake):
    """A list.

    Attributes:
        list_id: the list that there is.
        segments: names of tags and static segments by number.
        members: by the MD5 of the address in lower case.
        blocked: how many of the next requests find too many connections: a 403 without a body.
    """

    list_id: str = "f00dfeed42"
    segments: dict[int, str] = field(default_factory=lambda: {4242: "cart abandoners"})
    members: dict[str, dict[str, Any]] = field(default_factory=dict)
    blocked: int = 0

    def answer(self, call: Call) -> Reply:
        """Carry out one request."""
        if self.blocked:
            self.blocked -= 1
            return Reply(403)
        if not self._is_known(call.headers.get("authorization", "")):
            return _problem(401, "API Key Invalid", "Your API key may be invalid.")
        path = _PATH.fullmatch(call.path)
        if not path or path[1] != self.list_id or (path[2] and int(path[2]) not in self.segments):
            return _problem(404, "Resource Not Found", "The requested resource could not be found.")
        return self._at(call, int(path[2] or 0), path[3], path[4])

    @abstractmethod
    def held(self) -> Mapping[str, Mapping[str, Any]]:
        """Who is in the audience."""

    def put(self, address: str, **what: Any) -> dict[str, Any]:
        """Write a member."""
        name = _name(address)
        new = {"id": name, "email_address": address, "status": "subscribed", "merge_fields": {}, "tags": []}
        member = self.members.setdefault(name, new)
        member["merge_fields"] = {**member["merge_fields"], **what.get("merge_fields", {})}
        for tag in what.get("tags", []):
            self._tag(member, next(number for number, title in self.segments.items() if title == tag))
        member.update({key: value for key, value in what.items() if key in {"status", "language", "email_type"}})
        return member

    def _at(self, call: Call, segment: int, members: str | None, name: str | None) -> Reply:
        if call.method == "GET":
            return self._page(call, segment) if members else Reply(200, {"id": self.list_id})
        if call.method == "PATCH" and name:
            return self._change(call, name)
        if call.method == "POST" and not members:
            return self._in_segment(call.json(), segment) if segment else self._batch(call.json())
        return _problem(405, "Method Not Allowed", "The requested method and resource are not compatible.")

    def _batch(self, body: Mapping[str, Any]) -> Reply:
        if len(body["members"]) > _MOST:
            return _problem(400, "Bad Request", f"You may only submit up to {_MOST} members.")
        if self.refuses_whole_batch and self.refused & {one["email_address"] for one in body["members"]}:
            return _problem(400, "Invalid Resource", "The resource submitted could not be validated.")
        answer: dict[str, list[dict[str, Any]]] = {"new_members": [], "updated_members": [], "errors": []}
        for one in body["members"]:
            kind, said = self._take(one, updates=body.get("update_existing", False))
            answer[kind].append(said)
        totals = {"total_created": len(answer["new_members"]), "total_updated": len(answer["updated_members"])}
        return Reply(200, {**answer, **totals, "error_count": len(answer["errors"])})

    def _take(self, one: Mapping[str, Any], *, updates: bool) -> tuple[str, dict[str, Any]]:
        address = one["email_address"]
        if address in self.refused or "@" not in address:
            return "errors", _refusal(address, f"{address} looks fake or invalid, please enter a real email address.")
        known = _name(address) in self.members
        if known and not updates:
            return "errors", _refusal(address, f"{address} is already a list member.", "ERROR_CONTACT_EXISTS")
        status = one.get("status") or (None if known else one.get("status_if_new"))
        if not known and not status:
            return "errors", _refusal(address, "The status of a new member is needed.")
        member = self.put(address, **{**one, **({"status": status} if status else {})})
        return ("updated_members" if known else "new_members"), member

    def _in_segment(self, body: Mapping[str, Any], segment: int) -> Reply:
        to_add, to_remove = body.get("members_to_add", []), body.get("members_to_remove", [])
        if max(len(to_add), len(to_remove)) > _MOST:
            return _problem(400, "Bad Request", f"You may only submit up to {_MOST} members.")
        added = [self.members[_name(one)] for one in to_add if self._may_join(one, segment)]
        for member in added:
            self._tag(member, segment)
        removed = [self.members[_name(one)] for one in to_remove if self._is_in(_name(one), segment)]
        for member in removed:
            member["tags"] = [tag for tag in member["tags"] if tag["id"] != segment]
        refused = [one for one in to_add if one in self.refused]
        errors = [{"email_addresses": refused, "error": "Email addresses not subscribed."}] if refused else []
        said = {"members_added": added, "members_removed": removed, "errors": errors, "error_count": len(errors)}
        return Reply(200, {**said, "total_added": len(added), "total_removed": len(removed)})

    def _may_join(self, address: str, segment: int) -> bool:
        return (
            _name(address) in self.members and address not in self.refused and not self._is_in(_name(address), segment)
        )

    def _is_in(self, name: str, segment: int) -> bool:
        return any(tag["id"] == segment for tag in self.members.get(name, {"tags": []})["tags"])

    def _tag(self, member: dict[str, Any], segment: int) -> None:
        tag = {"id": segment, "name": self.segments[segment]}
        member["tags"] = [*(one for one in member["tags"] if one != tag), tag]

    def _change(self, call: Call, name: str) -> Reply:
        if name not in self.members:
            return _problem(404, "Resource Not Found", "The requested resource could not be found.")
        if self.members[name]["email_address"] in self.refused:
            return _problem(400, "Member In Compliance State", "The member cannot be changed.")
        return Reply(200, self.put(self.members[name]["email_address"], **call.json()))

    def _page(self, call: Call, segment: int) -> Reply:
        count, offset = int(call.query.get("count", "10")), int(call.query.get("offset", "0"))
        inside = [one for name, one in self.members.items() if not segment or self._is_in(name, segment)]
        if count > 2 * _MOST:
            return _problem(400, "Bad Request", "count must be at most 1000.")
        return Reply(200, {"members": inside[offset : offset + count], "total_items": len(inside)})

    def _is_known(self, header: str) -> bool:
        kind, _, text = header.partition(" ")
        return kind == "Basic" and base64.b64decode(text).decode().partition(":")[2] == self.token


@dataclass
class MailchimpList(Mailchimp):
    """The audience is whoever's merge field says yes or, without one, who carries the tag."""

    audience_field: str = "INAUDIENCE"
    audience_tag_id: int = 4242

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        """Merge fields by address."""
        inside = [one for name, one in self.members.items() if self._has_mark(name, one)]
        return {one["email_address"]: self._fields(one) for one in inside}

    def hold(self, people: Mapping[str, Mapping[str, Any]]) -> None:
        """Put members there who are in the audience."""
        for address, fields in people.items():
            merged = {name.upper(): value for name, value in fields.items()}
            mark = {self.audience_field: "yes"} if self.audience_field else {}
            tags = [] if self.audience_field else [self.segments[self.audience_tag_id]]
            self.put(address, merge_fields={**merged, **mark}, tags=tags)

    def _has_mark(self, name: str, member: Mapping[str, Any]) -> bool:
        if self.audience_field:
            return bool(member["merge_fields"].get(self.audience_field) == "yes")
        return self._is_in(name, self.audience_tag_id)

    def _fields(self, member: Mapping[str, Any]) -> dict[str, Any]:
        merged = member["merge_fields"].items()
        return {name.lower(): value for name, value in merged if name != self.audience_field}


@dataclass
class MailchimpSegment(Mailchimp):
    """The audience is one static segment."""

    segment_id: int = 4242

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        """Merge fields by address."""
        inside = [one for name, one in self.members.items() if self._is_in(name, self.segment_id)]
        return {one["email_address"]: {k.lower(): v for k, v in one["merge_fields"].items()} for one in inside}

    def hold(self, people: Mapping[str, Mapping[str, Any]]) -> None:
        """Put members into the segment."""
        for address, fields in people.items():
            merged = {name.upper(): value for name, value in fields.items()}
            self.put(address, merge_fields=merged, tags=[self.segments[self.segment_id]])


def _name(address: str) -> str:
    return hashlib.md5(address.lower().encode(), usedforsecurity=False).hexdigest()


def _refusal(address: str, error: str, code: str = "ERROR_GENERIC") -> dict[str, Any]:
    return {"email_address": address, "error": error, "error_code": code, "field": "", "field_message": ""}


def _problem(status: int, title: str, detail: str) -> Reply:
    kind = "https://mailchimp.com/developer/marketing/docs/errors/"
    body = {"type": kind, "title": title, "status": status, "detail": detail, "instance": "an-instance"}
    return Reply(status, body, _PROBLEM)
