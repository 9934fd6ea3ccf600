"""A Customer.io workspace: an App API that knows people, and a Track API whose segments ignore wrong ids silently."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from reverse_etl.fakes._fake import Call, Fake, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_LOOKED_UP: Final = 100
_MOST_CHANGED: Final = 1_000
_ID_TYPES: Final = frozenset({"id", "email", "cio_id"})


@dataclass
class CustomerIoFake(Fake):
    """Holds people and one manual segment; everybody whom it is asked about is there, unless a stranger.

    Attributes:
        site_id: the user name of the Track API.
        app_token: the credential of the App API; `token` is that of the Track API.
        segment_id: the only manual segment.
        strangers: keys of people who are not there.
        without_id: addresses of people who have no id.
        people: everybody's identifiers, by the key that they were asked by.
        members: the ids in the segment.
    """

    site_id: str = "a site"
    app_token: str = "an app token for tests"  # noqa: S105 - no secret: nothing real takes it
    segment_id: str = "7"
    strangers: frozenset[str] = frozenset()
    without_id: frozenset[str] = frozenset()
    people: dict[str, dict[str, str]] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)

    def answer(self, call: Call) -> Reply:
        """What the API that the path belongs to says."""
        is_track = call.path.startswith("/api/v1/")
        basic = base64.b64encode(f"{self.site_id}:{self.token}".encode()).decode()
        wanted = f"Basic {basic}" if is_track else f"Bearer {self.app_token}"
        if call.headers.get("authorization") != wanted:
            return Reply(HTTPStatus.UNAUTHORIZED, {"errors": [{"status": "401", "detail": "unauthorized"}]})
        return self._track(call) if is_track else self._app(call)

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        """The members' identifiers, by the key that they were asked by."""
        return {key: person for key, person in self.people.items() if person["id"] in self.members}

    def hold(self, people: Mapping[str, Mapping[str, Any]]) -> None:
        """Put members there."""
        for key in people:
            self.members.add(self._person(key)["id"])

    def _person(self, key: str) -> dict[str, str]:
        if key not in self.people:
            number = len(self.people) + 1
            of_email = {"id": "" if key in self.without_id else f"c-{number}", "email": key.lower()}
            of_id = {"id": key, "email": f"{number}@example.net"}
            self.people[key] = {**(of_email if "@" in key else of_id), "cio_id": f"03{number:06}"}
        return self.people[key]

    def _app(self, call: Call) -> Reply:
        if (call.method, call.path) == ("POST", "/v1/customers/attributes"):
            return self._look_up(call.query.get("id_type", "id"), call.json().get("ids") or [])
        if (call.method, call.path) == ("GET", f"/v1/segments/{self.segment_id}/membership"):
            return self._membership(call.query)
        return Reply(HTTPStatus.NOT_FOUND, {"errors": [{"detail": "not found"}]})

    def _look_up(self, id_type: str, keys: list[str]) -> Reply:
        if not 1 <= len(keys) <= _MOST_LOOKED_UP or id_type not in _ID_TYPES:
            return Reply(HTTPStatus.BAD_REQUEST, {"errors": [{"detail": "1 to 100 ids of a known type"}]})
        known = [key for key in keys if key not in self.strangers and ("@" in key) == (id_type == "email")]
        found = [self._person(key) for key in known]
        return Reply(HTTPStatus.OK, {"customers": [{"customer": _customer(one), "devices": []} for one in found]})

    def _membership(self, query: Mapping[str, str]) -> Reply:
        start, limit = int(query.get("start") or 0), int(query["limit"])
        everybody = sorted(self.held().values(), key=lambda one: one["id"])
        later = str(start + limit) if start + limit < len(everybody) else ""
        shown = everybody[start : start + limit]
        return Reply(HTTPStatus.OK, {"identifiers": shown, "ids": [one["id"] for one in shown], "next": later})

    def _track(self, call: Call) -> Reply:
        verb = call.path.removeprefix(f"/api/v1/segments/{self.segment_id}/")
        if call.method != "POST" or verb not in {"add_customers", "remove_customers"}:
            return Reply(HTTPStatus.NOT_FOUND, {"meta": {"errors": ["segment not found"]}})
        ids = call.json().get("ids") or []
        if not 1 <= len(ids) <= _MOST_CHANGED or self.refused & set(ids):
            return Reply(HTTPStatus.BAD_REQUEST, {"meta": {"errors": ["1 to 1000 ids are required"]}})
        id_type = call.query.get("id_type", "id")
        known = {one["id"] for one in self.people.values() if one[id_type] in ids}
        self.members = self.members | known if verb == "add_customers" else self.members - known
        return Reply(HTTPStatus.OK, {})


def _customer(person: Mapping[str, str]) -> dict[str, Any]:
    return {"id": person["id"], "identifiers": dict(person), "attributes": dict(person), "unsubscribed": False}
