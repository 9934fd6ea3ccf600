"""A TikTok audience: mappings of hashed identifiers, and error codes inside HTTP 200."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from reverse_etl.fakes._fake import Call, Fake, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST: Final = 1_000
_MOST_BYTES: Final = 1_000_000
_HEX: Final = re.compile(r"[0-9a-f]{64}")
_SCHEMAS: Final = frozenset({"EMAIL_SHA256", "PHONE_SHA256", "IDFA_SHA256", "GAID_SHA256"})


@dataclass
class TikTokFake(Fake):
    """Holds the hashes of one audience.

    Attributes:
        advertiser_id, audience_id: the only ones that there are.
        codes: answered to the next requests, the first one first, before the proper answers.
        members: the hashes in the audience.
    """

    advertiser_id: str = "7000"
    audience_id: str = "9000"
    codes: list[int] = field(default_factory=list)
    members: dict[str, dict[str, Any]] = field(default_factory=dict)

    def answer(self, call: Call) -> Reply:
        """Add or delete mappings; what is wrong is said with 200."""
        if call.method != "POST" or call.path != "/open_api/v1.3/segment/mapping/":
            return Reply(HTTPStatus.NOT_FOUND, b"404 page not found")
        if call.headers.get("access-token") != self.token:
            return _said(40105, "Access token is incorrect or has been revoked.")
        if self.codes:
            return _said(self.codes.pop(0), "Requests are too frequent or something else is wrong.")
        if len(call.body) > _MOST_BYTES:
            return _said(40002, "The request is larger than 1 MB.")
        return self._mapping(call.json())

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        """The members, by hash."""
        return self.members

    def hold(self, people: Mapping[str, Mapping[str, Any]]) -> None:
        """Put members there, by hash."""
        self.members.update({key: dict(fields) for key, fields in people.items()})

    def _mapping(self, body: dict[str, Any]) -> Reply:
        wrong = self._wrong(body)
        if wrong:
            return _said(40002, wrong)
        for row in body["batch_data"]:
            for one in row:
                if body["action"] == "add":
                    self.members[one["id"]] = {}
                else:
                    self.members.pop(one["id"], None)
        return _said(0, "OK")

    def _wrong(self, body: dict[str, Any]) -> str | None:
        rows, schema = body.get("batch_data") or [], body.get("id_schema") or []
        if body.get("advertiser_ids") != [self.advertiser_id]:
            return "Parameter error: invalid advertiser ID"
        if body.get("action") not in {"add", "delete"} or not schema or not set(schema) <= _SCHEMAS:
            return "Parameter error: action or id_schema"
        if not 1 <= len(rows) <= _MOST or any(len(row) != len(schema) for row in rows):
            return f"Parameter error: batch_data needs 1 to {_MOST} rows of the schema"
        return self._wrong_entry([one for row in rows for one in row])

    def _wrong_entry(self, entries: list[dict[str, Any]]) -> str | None:
        if any(one.get("audience_ids") != [self.audience_id] for one in entries):
            return "Parameter error: invalid audience ID"
        bad = [one.get("id") for one in entries if not _HEX.fullmatch(str(one.get("id"))) or one["id"] in self.refused]
        return f"Parameter error: id {bad[0]} is no SHA256" if bad else None


def _said(code: int, message: str) -> Reply:
    return Reply(HTTPStatus.OK, {"code": code, "message": message, "request_id": "2026", "data": {}})
