"""HubSpot on this machine: contacts and lists of the CRM, as its reference describes them (v3)."""

from __future__ import annotations

import re
from abc import abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from reverse_etl.fakes._fake import Call, Fake, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

_AT: Final = "2026-07-02T06:00:00.000Z"
_MOST: Final = 100
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_MEMBERSHIPS: Final = re.compile(r"/crm/v3/lists/([^/]+)/memberships(/add-and-remove)?")

Contact = dict[str, str]


@dataclass
class HubSpot(Fake):
    """The CRM.

    Attributes:
        unique: the properties that may be an idProperty.
        missing: properties that do not exist, so that a batch which writes one is refused.
        forgetful: places of a request of which the answer says nothing.
        contacts: properties by record id.
        lists: record ids by list id.
        dynamic: lists that make their own members.
    """

    unique: frozenset[str] = frozenset({"email", "customer_id"})
    missing: frozenset[str] = frozenset()
    forgetful: frozenset[int] = frozenset()
    contacts: dict[str, Contact] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=lambda: {"77": [], "78": []})
    dynamic: frozenset[str] = frozenset({"78"})

    def answer(self, call: Call) -> Reply:
        """Carry out one request."""
        if call.headers.get("authorization") != f"Bearer {self.token}":
            return _error(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.")
        if call.body and call.headers.get("content-type") != "application/json":
            return _error(415, "UNSUPPORTED_MEDIA_TYPE", "The content type must be application/json.")
        if on_list := _MEMBERSHIPS.fullmatch(call.path):
            return self._memberships(call, *on_list.groups())
        actions = {
            ("POST", "/crm/v3/objects/contacts/batch/upsert"): self._write,
            ("POST", "/crm/v3/objects/contacts/batch/update"): self._write,
            ("POST", "/crm/v3/objects/contacts/batch/read"): self._read,
            ("GET", "/crm/v3/objects/contacts"): self._page,
        }
        action = actions.get((call.method, call.path))
        return action(call) if action else _error(404, "OBJECT_NOT_FOUND", "There is nothing at this address.")

    @abstractmethod
    def held(self) -> Mapping[str, Mapping[str, Any]]:
        """Who is in the audience."""

    def put(self, properties: Mapping[str, str], record_id: str | None = None) -> str:
        """Write a contact; its record id."""
        at = record_id or str(5000 + len(self.contacts))
        self.contacts.setdefault(at, {}).update(properties)
        return at

    def _write(self, call: Call) -> Reply:
        inputs = call.json().get("inputs", [])
        if refusal := self._refusal(inputs):
            return refusal
        results: list[dict[str, Any]] = []
        errors: list[dict[str, Any]] = []
        for place, one in enumerate(inputs):
            said = self._write_one(one, creates=call.path.endswith("upsert"))
            if place not in self.forgetful:
                (errors if "category" in said else results).append(said)
        return _batch(list(reversed(results)), errors)

    def _refusal(self, inputs: list[dict[str, Any]]) -> Reply | None:
        if len(inputs) > _MOST:
            return _error(400, "VALIDATION_ERROR", f"The maximum batch size is {_MOST}, but {len(inputs)} were sent.")
        values = [value for one in inputs for value in one["properties"].values()]
        if not all(isinstance(value, str) for value in values):
            return _error(400, "VALIDATION_ERROR", "Invalid input JSON: a property's value is no string.")
        if gone := self.missing & {name for one in inputs for name in one["properties"]}:
            return _error(400, "VALIDATION_ERROR", f"Property {min(gone)} does not exist (PROPERTY_DOESNT_EXIST).")
        ids = [one["id"].lower() for one in inputs]
        if len(set(ids)) < len(ids):
            return _error(400, "VALIDATION_ERROR", "Duplicate IDs found in batch input.")
        if self.refuses_whole_batch and self.refused & {one["id"] for one in inputs}:
            return _error(409, "CONFLICT", "Contact already exists: another one has this address.")
        return None

    def _write_one(self, one: Mapping[str, Any], *, creates: bool) -> dict[str, Any]:
        by, trace = one.get("idProperty"), one.get("objectWriteTraceId")
        if by and by not in self.unique:
            return _failure("VALIDATION_ERROR", f"{by} is no unique property.", trace)
        if one["id"] in self.refused or (by == "email" and not _ADDRESS.fullmatch(one["id"])):
            return _failure("VALIDATION_ERROR", f"Email address {one['id']} is invalid.", trace)
        known = self._find(one["id"], by)
        if known is None and not creates:
            return _failure("OBJECT_NOT_FOUND", "Could not get some CONTACT objects.", None, [one["id"]])
        named = {by: _stored(by, one["id"])} if by and known is None else {}
        record_id = self.put({**named, **one["properties"]}, known)
        trace_id = {"objectWriteTraceId": trace} if trace else {}
        return {**self._object(record_id), "new": known is None, **trace_id}

    def _find(self, key: str, by: str | None) -> str | None:
        if by is None:
            return key if key in self.contacts else None
        return next((at for at, one in self.contacts.items() if one.get(by) == _stored(by, key)), None)

    def _read(self, call: Call) -> Reply:
        body = call.json()
        keys = [one["id"] for one in body["inputs"]]
        if not keys or len(keys) > _MOST or "properties" not in body:
            return _error(400, "VALIDATION_ERROR", f"1 to {_MOST} inputs and properties are needed.")
        found = {key: self._find(key, body.get("idProperty")) for key in keys}
        absent = [key for key, at in found.items() if at is None]
        errors = [_failure("OBJECT_NOT_FOUND", "Could not get some CONTACT objects.", None, absent)] if absent else []
        return _batch([self._object(at, body["properties"]) for at in found.values() if at], errors)

    def _page(self, call: Call) -> Reply:
        limit, after = int(call.query.get("limit", "10")), int(call.query.get("after", "0"))
        if limit > _MOST:
            return _error(400, "VALIDATION_ERROR", f"limit must be at most {_MOST}.")
        ids = list(self.contacts)[after : after + limit]
        more = {"paging": {"next": {"after": str(after + limit)}}} if after + limit < len(self.contacts) else {}
        names = call.query.get("properties", "").split(",")
        return Reply(200, {"results": [self._object(one, names) for one in ids], **more})

    def _memberships(self, call: Call, list_id: str, change: str | None) -> Reply:
        if list_id not in self.lists:
            return _error(404, "OBJECT_NOT_FOUND", f"List does not exist with ID {list_id}.")
        if change and call.method == "PUT":
            return self._change(call, list_id)
        limit, after = int(call.query.get("limit", "100")), int(call.query.get("after", "0"))
        members = sorted(self.lists[list_id])
        page = [{"recordId": one, "membershipTimestamp": _AT} for one in members[after : after + limit]]
        more = {"paging": {"next": {"after": str(after + limit)}}} if after + limit < len(members) else {}
        return Reply(200, {"results": page, "total": len(members), **more})

    def _change(self, call: Call, list_id: str) -> Reply:
        body, members = call.json(), self.lists[list_id]
        if list_id in self.dynamic:
            return _error(400, "VALIDATION_ERROR", "The list has the processing type DYNAMIC.")
        if not {"recordIdsToAdd", "recordIdsToRemove"} <= body.keys():
            return _error(400, "VALIDATION_ERROR", "Some required fields were not set.")
        asked = [*body["recordIdsToAdd"], *body["recordIdsToRemove"]]
        added = [one for one in body["recordIdsToAdd"] if one in self.contacts and one not in members]
        removed = [one for one in body["recordIdsToRemove"] if one in members and one in self.contacts]
        self.lists[list_id] = [one for one in (*members, *added) if one not in removed]
        missing = [one for one in asked if one not in self.contacts]
        return Reply(200, {"recordsIdsAdded": added, "recordIdsRemoved": removed, "recordIdsMissing": missing})

    def _object(self, record_id: str, names: list[str] | None = None) -> dict[str, Any]:
        held = self.contacts[record_id]
        properties = {name: held[name] for name in held if names is None or name in names}
        dates = {"createdAt": _AT, "updatedAt": _AT}
        return {"id": record_id, "properties": properties, "archived": False, **dates}


@dataclass
class HubSpotContacts(HubSpot):
    """The audience is whoever's property is true."""

    audience_property: str = "in_audience"

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        """Contacts by email."""
        inside = [one for one in self.contacts.values() if one.get(self.audience_property) == "true"]
        return {one["email"]: {k: v for k, v in one.items() if k != self.audience_property} for one in inside}

    def hold(self, people: Mapping[str, Mapping[str, Any]]) -> None:
        """Put contacts there who are in the audience."""
        for key, fields in people.items():
            self.put({"email": key, **fields, self.audience_property: "true"})


@dataclass
class HubSpotList(HubSpot):
    """The audience is one list."""

    list_id: str = "77"

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        """Contacts by email."""
        return {self.contacts[one]["email"]: self.contacts[one] for one in self.lists[self.list_id]}

    def hold(self, people: Mapping[str, Mapping[str, Any]]) -> None:
        """Put contacts on the list."""
        self.lists[self.list_id] += [self.put({"email": key, **fields}) for key, fields in people.items()]


def _stored(name: str, value: str) -> str:
    return value.lower() if name == "email" else value


def _batch(results: list[dict[str, Any]], errors: list[dict[str, Any]]) -> Reply:
    body = {"status": "COMPLETE", "results": results, "startedAt": _AT, "completedAt": _AT}
    return Reply(207, {**body, "numErrors": len(errors), "errors": errors}) if errors else Reply(200, body)


def _failure(category: str, message: str, trace: str | None, ids: list[str] | None = None) -> dict[str, Any]:
    context = {"objectWriteTraceId": [trace]} if trace else {}
    said = {"status": "error", "category": category, "message": message, "errors": [], "links": {}}
    return {**said, "context": {**context, **({"ids": ids} if ids else {})}}


def _error(status: int, category: str, message: str) -> Reply:
    body = {"status": "error", "message": message, "category": category}
    return Reply(status, {**body, "correlationId": "aeb5f871-7f07-4993-9211-075dc63e7cbf"})
