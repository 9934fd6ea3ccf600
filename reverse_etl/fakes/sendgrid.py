"""SendGrid on this machine: the contacts and lists of Marketing Campaigns, as its reference describes them (v3)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from reverse_etl.fakes._fake import Call, Fake, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

_CONTACTS: Final = "/v3/marketing/contacts"
_IDENTIFIERS: Final = ("email", "phone_number_id", "external_id", "anonymous_id")
_MOST: Final = 30_000
_MOST_BYTES: Final = 6_000_000
_MOST_READ: Final = 100
_LONGEST: Final = {"first_name": 50, "last_name": 50, "city": 60, "country": 50, "email": 254}
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass
class Job:
    """An import.

    Attributes:
        polls: how often it is asked about before it ends; None for never.
    """

    contacts: list[dict[str, Any]]
    polls: int | None
    status: str = "pending"
    failed: int = 0
    created: int = 0
    started_at: str = ""


@dataclass
class SendGrid(Fake):
    """Marketing Campaigns.

    Attributes:
        list_id: the list that there is.
        custom: the kinds of the custom fields by id.
        contacts: by contact id.
        jobs: imports by id.
        leaving: contact ids that are to leave the list, with how often they are asked about before that.
        removals: how many requests have taken somebody off the list.
    """

    list_id: str = "ca1b40cd-8d5b-4b0c-9d5b-2f6f5a4f2a01"
    custom: dict[str, type] = field(default_factory=lambda: {"e1_N": float, "w2": str})
    contacts: dict[str, dict[str, Any]] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    leaving: dict[str, int | None] = field(default_factory=dict)
    removals: int = 0

    def answer(self, call: Call) -> Reply:
        """Carry out one request."""
        if call.headers.get("authorization") != f"Bearer {self.token}":
            return _errors(401, "authorization required")
        for method, path, action in (
            ("PUT", _CONTACTS, self._upsert),
            ("GET", f"{_CONTACTS}/imports/([^/]+)", self._job),
            ("POST", f"{_CONTACTS}/search/identifiers/([^/]+)", self._search),
            ("DELETE", "/v3/marketing/lists/([^/]+)/contacts", self._leave),
        ):
            if call.method == method and (found := re.fullmatch(path, call.path)):
                return action(call, *found.groups())
        return _errors(404, "not found")

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        """Contacts of the list by email."""
        hidden = {"id", "list_ids", "segment_ids", "created_at", "updated_at", "custom_fields"}
        inside = [one for one in self.contacts.values() if self.list_id in one["list_ids"]]
        return {
            one["email"]: {**{k: v for k, v in one.items() if k not in hidden}, **one["custom_fields"]}
            for one in inside
        }

    def hold(self, people: Mapping[str, Mapping[str, Any]]) -> None:
        """Put contacts on the list."""
        for key, fields in people.items():
            self._write({"email": key, **fields}, [self.list_id])

    def _upsert(self, call: Call) -> Reply:
        if len(call.body) > _MOST_BYTES:
            return _errors(413, "the request is larger than 6 MB")
        body = call.json()
        if refusal := self._refusal(body):
            return _errors(400, *refusal)
        job = Job(body["contacts"], self.job_polls, started_at=_now())
        self.jobs[f"import-{len(self.jobs)}"] = job
        return Reply(202, {"job_id": f"import-{len(self.jobs) - 1}"})

    def _refusal(self, body: Mapping[str, Any]) -> tuple[str, str] | None:
        contacts = body.get("contacts", [])
        if not 0 < len(contacts) <= _MOST:
            return f"contacts must have 1 to {_MOST} elements", "contacts"
        if set(body.get("list_ids", [])) - {self.list_id}:
            return "list not found", "list_ids"
        found = ((self._wrong(one), place) for place, one in enumerate(contacts))
        return next(((why, f"contacts[{place}]") for why, place in found if why), None)

    def _wrong(self, contact: Mapping[str, Any]) -> str | None:
        custom = contact.get("custom_fields", {})
        numbers = [value for name, value in custom.items() if self.custom.get(name) is float]
        rules = {
            "a field cannot be null": None in (*contact.values(), *custom.values()),
            "invalid custom field ids supplied": bool(custom.keys() - self.custom.keys()),
            "a custom field must be a number": not all(isinstance(value, int | float) for value in numbers),
            "at least one identifier is needed": not any(contact.get(name) for name in _IDENTIFIERS),
            "email is invalid": "email" in contact and not _ADDRESS.fullmatch(contact["email"]),
            "a field is too long": any(len(str(contact.get(name, ""))) > most for name, most in _LONGEST.items()),
            "the contact is invalid": self.refuses_whole_batch and self._is_refused(contact),
        }
        return next((why for why, is_broken in rules.items() if is_broken), None)

    def _is_refused(self, contact: Mapping[str, Any]) -> bool:
        return bool(self.refused & {str(contact.get(name)) for name in _IDENTIFIERS})

    def _job(self, _call: Call, job_id: str) -> Reply:
        job = self.jobs.get(job_id)
        if job is None:
            return _errors(404, "job not found")
        if job.polls == 0 and job.status == "pending":
            self._carry_out(job)
        job.polls = job.polls - 1 if job.polls else job.polls
        counts = {"requested_count": len(job.contacts), "errored_count": job.failed, "created_count": job.created}
        counts["updated_count"] = len(job.contacts) - job.failed - job.created if job.status != "pending" else 0
        said = {"id": job_id, "status": job.status, "job_type": "upsert", "started_at": job.started_at}
        return Reply(200, {**said, "results": {**counts, "errors_url": "https://example.com/errors.csv"}})

    def _carry_out(self, job: Job) -> None:
        before = len(self.contacts)
        good = [one for one in job.contacts if not self._is_refused(one) and not self._lacks_identifiers(one)]
        for one in good:
            self._write(one, [self.list_id])
        job.created, job.failed = len(self.contacts) - before, len(job.contacts) - len(good)
        job.status = ("errored" if good else "failed") if job.failed else "completed"

    def _lacks_identifiers(self, contact: Mapping[str, Any]) -> bool:
        known = self._find(contact)
        return any(known.get(name) and not contact.get(name) for name in _IDENTIFIERS) if known else False

    def _find(self, contact: Mapping[str, Any]) -> dict[str, Any] | None:
        for one in self.contacts.values():
            if any(contact.get(name) and _same(contact[name]) == _same(one.get(name, "")) for name in _IDENTIFIERS):
                return one
        return None

    def _write(self, contact: Mapping[str, Any], lists: list[str]) -> None:
        new = {"id": f"contact-{len(self.contacts)}", "list_ids": [], "segment_ids": [], "created_at": _now()}
        held = self._find(contact) or {**new, "custom_fields": {}}
        custom = {**held["custom_fields"], **contact.get("custom_fields", {})}
        held.update({**contact, "custom_fields": custom, "updated_at": _now()})
        held["email"] = str(held.get("email", "")).lower()
        held["list_ids"] = sorted({*held["list_ids"], *lists})
        self.contacts[held["id"]] = held

    def _search(self, call: Call, kind: str) -> Reply:
        keys = call.json()["identifiers"]
        if kind not in _IDENTIFIERS or not 0 < len(keys) <= _MOST_READ:
            return Reply(400, {"message": f"1 to {_MOST_READ} identifiers are taken"})
        found = {_same(key): self._find({kind: key}) for key in keys}
        for contact in filter(None, found.values()):
            self._settle(contact)
        if not any(found.values()):
            return Reply(404, {"message": "no contacts found"})
        return Reply(
            200,
            {
                "result": {
                    key: {"contact": one} if one else {"error": "contact not found"} for key, one in found.items()
                }
            },
        )

    def _leave(self, call: Call, list_id: str) -> Reply:
        ids = call.query.get("contact_ids", "").split(",")
        if list_id != self.list_id or not all(one in self.contacts for one in ids):
            return Reply(404)
        self.leaving |= dict.fromkeys(ids, self.job_polls)
        self.removals += 1
        return Reply(202, {"job_id": f"removal-{self.removals}"})

    def _settle(self, contact: dict[str, Any]) -> None:
        polls = self.leaving.get(contact["id"], -1)
        if polls == 0:
            contact["list_ids"].remove(self.list_id)
            del self.leaving[contact["id"]]
        elif polls and polls > 0:
            self.leaving[contact["id"]] = polls - 1


def _same(value: str) -> str:
    return value.lower()


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _errors(status: int, message: str, field_name: str = "") -> Reply:
    return Reply(status, {"errors": [{"message": message, "field": field_name}]})
