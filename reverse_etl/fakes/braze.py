"""A Braze workspace: users, their attributes, and 2xx answers that carry errors."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from reverse_etl.fakes._fake import Call, Fake, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST: Final = 75
_IDENTIFIERS: Final = ("external_id", "email", "phone", "braze_id", "user_alias")


@dataclass
class BrazeFake(Fake):
    """Holds users; members are those whose attribute is true.

    Attributes:
        attribute: the attribute of the audience.
        users: everybody's attributes, by identifier.
        points: how many data points each user has cost.
    """

    attribute: str = "in_audience"
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    points: Counter[str] = field(default_factory=Counter)

    def answer(self, call: Call) -> Reply:
        """Track attributes."""
        if call.headers.get("authorization") != f"Bearer {self.token}":
            return Reply(HTTPStatus.UNAUTHORIZED, {"message": "Invalid API Key"})
        if (call.method, call.path) != ("POST", "/users/track"):
            return Reply(HTTPStatus.NOT_FOUND, {"message": "Invalid URL"})
        objects = call.json().get("attributes") or []
        if not objects:
            return Reply(HTTPStatus.BAD_REQUEST, {"message": "Nothing to process", "errors": []})
        if len(objects) > _MOST or (self.refuses_whole_batch and any(map(self._error, objects))):
            return Reply(HTTPStatus.BAD_REQUEST, {"message": "Too many or malformed attributes objects"})
        return self._track(objects)

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        """The users whose attribute is true."""
        return {key: fields for key, fields in self.users.items() if fields.get(self.attribute) is True}

    def hold(self, people: Mapping[str, Mapping[str, Any]]) -> None:
        """Put members there."""
        self.users.update({key: {**fields, self.attribute: True} for key, fields in people.items()})

    def _track(self, objects: list[dict[str, Any]]) -> Reply:
        said = [(place, self._error(one)) for place, one in enumerate(objects)]
        errors = [{"type": error, "input_array": "attributes", "index": place} for place, error in said if error]
        for (_, error), one in zip(said, objects, strict=True):
            if not error:
                self._write(one)
        body = {"message": "success", "attributes_processed": len(objects) - len(errors)}
        return Reply(HTTPStatus.CREATED, {**body, "errors": errors} if errors else body)

    def _error(self, one: dict[str, Any]) -> str | None:
        given = [one[name] for name in _IDENTIFIERS if one.get(name)]
        if len(given) != 1 or not isinstance(given[0], str):
            return "'external_id', 'braze_id', 'user_alias', 'email' or 'phone' is required"
        return f"Valid attributes are required for {given[0]}" if given[0] in self.refused else None

    def _write(self, one: dict[str, Any]) -> None:
        key = next(one[name] for name in _IDENTIFIERS if one.get(name))
        if one.get("_update_existing_only") and key not in self.users:
            return
        user = self.users.setdefault(key, {})
        for name, value in one.items():
            if name in _IDENTIFIERS or name.startswith("_"):
                continue
            self.points[key] += 1
            if value is None:
                user.pop(name, None)
            else:
                user[name] = value
