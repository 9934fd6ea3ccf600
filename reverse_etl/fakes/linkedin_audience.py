"""A LinkedIn DMP segment: BATCH_CREATE of users, with a status for each element."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from reverse_etl.fakes._fake import Call, Fake, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST: Final = 5_000
_HEX: Final = re.compile(r"[0-9a-f]{64}")
_HEADERS: Final = {"x-restli-method": "BATCH_CREATE", "x-restli-protocol-version": "2.0.0"}
_VERSION: Final = re.compile(r"20[0-9]{4}")


@dataclass
class LinkedInFake(Fake):
    """Holds the hashes of one segment.

    Attributes:
        segment_id: the only segment that there is.
        members: the hashes in it.
    """

    segment_id: str = "10804"
    members: dict[str, dict[str, Any]] = field(default_factory=dict)

    def answer(self, call: Call) -> Reply:
        """Add or remove users."""
        if call.headers.get("authorization") != f"Bearer {self.token}":
            return _error(HTTPStatus.UNAUTHORIZED, "Invalid access token")
        if not _VERSION.fullmatch(call.headers.get("linkedin-version", "")):
            return _error(HTTPStatus.UPGRADE_REQUIRED, "Requested version is not active")
        if call.method != "POST" or call.path != f"/rest/dmpSegments/{self.segment_id}/users":
            return _error(HTTPStatus.NOT_FOUND, "Could not find entity")
        if any(call.headers.get(name) != value for name, value in _HEADERS.items()):
            return _error(HTTPStatus.BAD_REQUEST, "BATCH_CREATE and protocol 2.0.0 are required")
        return self._batch(call.json().get("elements"))

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        """The members, by hash."""
        return self.members

    def hold(self, people: Mapping[str, Mapping[str, Any]]) -> None:
        """Put members there, by hash."""
        self.members.update({key: dict(fields) for key, fields in people.items()})

    def _batch(self, elements: Any) -> Reply:
        if not isinstance(elements, list) or len(elements) > _MOST:
            return _error(HTTPStatus.BAD_REQUEST, f"elements must be a list of at most {_MOST}")
        statuses = [self._one(element) for element in elements]
        if self.refuses_whole_batch and any(one["status"] != HTTPStatus.CREATED for one in statuses):
            return _error(HTTPStatus.BAD_REQUEST, "One of the elements is invalid")
        return Reply(HTTPStatus.OK, {"elements": statuses})

    def _one(self, element: dict[str, Any]) -> dict[str, Any]:
        ids = element.get("userIds") or []
        hashes = [one.get("idValue", "") for one in ids if one.get("idType") == "SHA256_EMAIL"]
        if element.get("action") not in {"ADD", "REMOVE"} or not hashes or not all(map(_HEX.fullmatch, hashes)):
            return {"status": 400, "error": {"message": "userIds must be SHA256 hex"}}
        if self.refused & set(hashes):
            return {"status": 422, "error": {"message": f"This id is not allowed: {hashes[0]}"}}
        for one in hashes:
            if element["action"] == "ADD":
                self.members[one] = {}
            else:
                self.members.pop(one, None)
        return {"status": 201}


def _error(status: HTTPStatus, message: str) -> Reply:
    return Reply(status, {"status": int(status), "message": message})
