"""A Meta Custom Audience: rows of hashes, and answers that only count."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from reverse_etl.fakes._fake import Call, Fake, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST: Final = 10_000
_HEX: Final = re.compile(r"[0-9a-f]{64}")
_HASHED: Final = frozenset({"EMAIL", "PHONE", "FN", "LN", "CT", "ST", "ZIP", "COUNTRY"})
_PLAIN: Final = frozenset({"EXTERN_ID", "MADID"})


@dataclass
class MetaFake(Fake):
    """Holds the rows of one audience; somebody is found by any identifier that both sides say.

    Attributes:
        audience_id: the only audience that there is.
        errors: (status, code) of the next answers, the first one first, before the proper ones.
        rows: the members' columns, by EXTERN_ID.
        sessions: the session of every request.
    """

    audience_id: str = "2385"
    errors: list[tuple[int, int]] = field(default_factory=list)
    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    sessions: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, call: Call) -> Reply:
        """Add or delete users."""
        if call.headers.get("authorization") != f"Bearer {self.token}":
            return _error(HTTPStatus.BAD_REQUEST, 190, "Invalid OAuth access token.")
        if self.errors:
            return _error(*self.errors.pop(0), "Something is wrong.")
        found = re.fullmatch(r"/v[0-9]+\.0/([0-9]+)/users", call.path)
        if not found or found[1] != self.audience_id or call.method not in {"POST", "DELETE"}:
            return _error(HTTPStatus.BAD_REQUEST, 803, "Some of the aliases you requested do not exist")
        return self._users(call.method, call.json())

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        """The members' columns, by EXTERN_ID."""
        return self.rows

    def hold(self, people: Mapping[str, Mapping[str, Any]]) -> None:
        """Put members there, by hash."""
        self.rows.update({key: {**fields, "EMAIL": key} for key, fields in people.items()})

    def _users(self, method: str, body: dict[str, Any]) -> Reply:
        schema, data = body["payload"]["schema"], body["payload"]["data"]
        self.sessions.append(body["session"])
        if not set(schema) <= _HASHED | _PLAIN or not 1 <= len(data) <= _MOST:
            return _error(HTTPStatus.BAD_REQUEST, 100, "Invalid parameter")
        rows = [dict(zip(schema, row, strict=True)) for row in data]
        valid = [row for row in rows if self._is_valid(row)]
        for row in valid:
            self._add(row) if method == "POST" else self._delete(row)
        return self._counts(body, len(rows), len(rows) - len(valid))

    def _is_valid(self, row: dict[str, str]) -> bool:
        hashes = [value for name, value in row.items() if name in _HASHED and value]
        said = any(value for name, value in row.items() if name != "EXTERN_ID")
        return said and all(map(_HEX.fullmatch, hashes)) and not self.refused & set(row.values())

    def _add(self, row: dict[str, str]) -> None:
        self.rows[row["EXTERN_ID"]] = {name: value for name, value in row.items() if value}

    def _delete(self, row: dict[str, str]) -> None:
        said = {(name, value) for name, value in row.items() if value}
        self.rows = {key: kept for key, kept in self.rows.items() if not said & set(kept.items())}

    def _counts(self, body: dict[str, Any], received: int, invalid: int) -> Reply:
        counts = {"num_received": received, "num_invalid_entries": invalid, "invalid_entry_samples": {}}
        ids = {"audience_id": self.audience_id, "session_id": str(body["session"]["session_id"])}
        return Reply(HTTPStatus.OK, {**ids, **counts})


def _error(status: int, code: int, message: str) -> Reply:
    return Reply(status, {"error": {"message": message, "type": "OAuthException", "code": code}})
