"""Klaviyo on this machine: profiles, a list and import jobs, as its reference describes them (2026-07-15)."""

from __future__ import annotations

import json
import re
from abc import abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from reverse_etl.fakes._fake import Call, Fake, Reply
from reverse_etl.fakes._klaviyo_jobs import Job, Profile, error, failure, job_resource, write

if TYPE_CHECKING:
    from collections.abc import Mapping

_JOBS: Final = "/api/profile-bulk-import-jobs"
_JOB: Final = re.compile(_JOBS + r"/([^/]+)(/import-errors)?")
_LIST: Final = re.compile(r"/api/lists/([^/]+)/(relationships/)?profiles")
_FILTER: Final = re.compile(r"any\((email|phone_number|external_id),(\[.*\])\)", re.DOTALL)
_MOST: Final = 10_000
_MOST_BYTES: Final = 5_000_000
_MOST_MEMBERS: Final = 1000
_MOST_IN_A_PAGE: Final = 100
_HOST: Final = "https://a.klaviyo.com"


@dataclass
class Klaviyo(Fake):
    """An account.

    Attributes:
        profiles: attributes by profile id.
        lists: profile ids by list id.
        jobs: import jobs by id.
        hides_failures: import errors come without the profile that they are about.
    """

    profiles: dict[str, Profile] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=lambda: {"Y6nRLr": []})
    jobs: dict[str, Job] = field(default_factory=dict)
    hides_failures: bool = False

    def answer(self, call: Call) -> Reply:
        """Carry out one request."""
        if refusal := self._refusal(call):
            return refusal
        if on_list := _LIST.fullmatch(call.path):
            return self._on_list(call, on_list[1])
        if job := _JOB.fullmatch(call.path):
            return self._job(call, *job.groups())
        actions = {
            ("POST", _JOBS): self._import,
            ("POST", "/api/profile-import"): self._import_one,
            ("GET", "/api/profiles"): self._search,
        }
        action = actions.get((call.method, call.path))
        return action(call) if action else error(404, "not_found", "There is nothing at this address.")

    @abstractmethod
    def held(self) -> Mapping[str, Mapping[str, Any]]:
        """Who is in the audience."""

    def put(self, attributes: Mapping[str, Any]) -> str:
        """Write a profile; its id."""
        return write(self.profiles, {"type": "profile", "attributes": attributes}, nulls=True)

    def _refusal(self, call: Call) -> Reply | None:
        if call.headers.get("authorization") != f"Klaviyo-API-Key {self.token}":
            return error(401, "authentication_failed", "Incorrect authentication credentials.")
        if not call.headers.get("revision"):
            return error(400, "invalid", "The revision header is missing.")
        if call.body and call.headers.get("content-type") != "application/vnd.api+json":
            return error(415, "unsupported_media_type", "Use application/vnd.api+json.")
        if len(call.body) > _MOST_BYTES:
            return error(413, "payload_too_large", "The payload is larger than 5 MB.")
        return None

    def _import(self, call: Call) -> Reply:
        data = call.json()["data"]
        profiles = data["attributes"]["profiles"]["data"]
        lists = [one["id"] for one in data.get("relationships", {}).get("lists", {}).get("data", [])]
        if not 0 < len(profiles) <= _MOST:
            return error(400, "invalid", f"1 to {_MOST} profiles are taken.")
        if unknown := [one for one in lists if one not in self.lists]:
            return error(404, "not_found", f"A list with id {unknown[0]} does not exist.")
        if self.refuses_whole_batch and any(self._is_refused(one) for one in profiles):
            return error(400, "invalid", "Invalid input.", "/data/attributes/profiles/data/0")
        job = Job(f"job-{len(self.jobs)}", profiles, lists, self.job_polls)
        self.jobs[job.id] = job
        return Reply(202, {"data": job_resource(job)})

    def _import_one(self, call: Call) -> Reply:
        profile = call.json()["data"]
        if self._is_refused(profile):
            return error(400, "invalid", "Invalid input.", "/data/attributes")
        known = len(self.profiles)
        at = write(self.profiles, profile, nulls=True)
        return Reply(201 if len(self.profiles) > known else 200, {"data": _resource(at, self.profiles[at])})

    def _job(self, call: Call, job_id: str, errors: str | None) -> Reply:
        job = self.jobs.get(job_id)
        if job is None:
            return error(404, "not_found", "A job with this id does not exist.")
        if errors:
            return _pages(call, job.errors)
        if job.polls == 0 and job.status != "complete":
            self._carry_out(job)
        job.polls = job.polls - 1 if job.polls else job.polls
        return Reply(200, {"data": job_resource(job)})

    def _carry_out(self, job: Job) -> None:
        job.status = "complete"
        for place, profile in enumerate(job.profiles):
            if self._is_refused(profile) or not self._is_somebody(profile):
                job.errors.append(failure(place, None if self.hides_failures else profile))
                continue
            at = write(self.profiles, profile, nulls=False)
            for one in job.lists:
                self.lists[one] = [*(member for member in self.lists[one] if member != at), at]

    def _is_somebody(self, profile: Mapping[str, Any]) -> bool:
        if profile.get("id"):
            return profile["id"] in self.profiles
        return any(profile["attributes"].get(name) for name in ("email", "phone_number", "external_id"))

    def _is_refused(self, profile: Mapping[str, Any]) -> bool:
        names = {**self.profiles.get(profile.get("id") or "", {}), **profile["attributes"]}
        return bool(self.refused & {str(names.get(name)) for name in ("email", "phone_number", "external_id")})

    def _search(self, call: Call) -> Reply:
        wanted = _FILTER.fullmatch(call.query.get("filter", ""))
        if "filter" in call.query and not wanted:
            return error(400, "invalid", "Invalid filter provided.")
        found = self.profiles.items()
        if wanted:
            keys = {str(one).lower() for one in json.loads(wanted[2])}
            return _pages(call, [_resource(at, one) for at, one in found if str(one.get(wanted[1])).lower() in keys])
        return _pages(call, [_resource(at, one) for at, one in found])

    def _on_list(self, call: Call, list_id: str) -> Reply:
        if list_id not in self.lists:
            return error(404, "not_found", f"A list with id {list_id} does not exist.")
        if call.method == "GET":
            return _pages(call, [_resource(at, self.profiles[at]) for at in self.lists[list_id]])
        ids = [one["id"] for one in call.json()["data"]]
        if not 0 < len(ids) <= _MOST_MEMBERS:
            return error(400, "invalid", f"1 to {_MOST_MEMBERS} profiles are taken.")
        if unknown := [one for one in ids if one not in self.profiles]:
            return error(404, "not_found", f"A profile with id {unknown[0]} does not exist.")
        others = [one for one in self.lists[list_id] if one not in ids]
        self.lists[list_id] = others if call.method == "DELETE" else [*others, *ids]
        return Reply(204)


@dataclass
class KlaviyoProfiles(Klaviyo):
    """The audience is whoever's custom property is true."""

    audience_property: str = "in_audience"

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        """Fields by email."""
        inside = [
            one for one in self.profiles.values() if one.get("properties", {}).get(self.audience_property) is True
        ]
        return {one["email"]: flat(one, self.audience_property) for one in inside}

    def hold(self, people: Mapping[str, Mapping[str, Any]]) -> None:
        """Put profiles there who are in the audience."""
        for key, fields in people.items():
            self.put({"email": key, "properties": {**fields, self.audience_property: True}})


@dataclass
class KlaviyoList(Klaviyo):
    """The audience is one list."""

    list_id: str = "Y6nRLr"

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        """Fields by email."""
        inside = [self.profiles[one] for one in self.lists[self.list_id]]
        return {one["email"]: flat(one) for one in inside}

    def hold(self, people: Mapping[str, Mapping[str, Any]]) -> None:
        """Put profiles on the list."""
        new = [self.put({"email": key, "properties": fields}) for key, fields in people.items()]
        self.lists[self.list_id] += new


def flat(profile: Profile, *without: str) -> dict[str, Any]:
    """Everything that a profile holds, in one dictionary."""
    parts = {**profile, **profile.get("location", {}), **profile.get("properties", {})}
    return {name: value for name, value in parts.items() if name not in {"location", "properties", *without}}


def _resource(profile_id: str, attributes: Profile) -> dict[str, Any]:
    links = {"self": f"{_HOST}/api/profiles/{profile_id}/"}
    return {"type": "profile", "id": profile_id, "attributes": attributes, "links": links}


def _pages(call: Call, everything: list[dict[str, Any]]) -> Reply:
    size, start = int(call.query.get("page[size]", "20")), int(call.query.get("page[cursor]", "0"))
    if not 0 < size <= _MOST_IN_A_PAGE:
        return error(400, "invalid", f"page[size] must be 1 to {_MOST_IN_A_PAGE}.")
    address = f"{_HOST}{call.path}"
    links = {"self": address}
    if start + size < len(everything):
        links["next"] = f"{address}?{quote('page[cursor]')}={start + size}&{quote('page[size]')}={size}"
    return Reply(200, {"data": everything[start : start + size], "links": links})
