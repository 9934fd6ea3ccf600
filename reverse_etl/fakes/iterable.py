"""An Iterable project: users, one static list, and 200s that carry lists of those who failed."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from reverse_etl.fakes._fake import Call, Fake, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST: Final = 1_000
_REASONS: Final = ("invalidEmails", "invalidUserIds", "notFoundEmails", "notFoundUserIds", "forgottenEmails")


@dataclass
class IterableFake(Fake):
    """Holds users and one list; addresses are kept in lower case.

    Attributes:
        list_id: the only static list.
        users: everybody's fields, by email or userId.
        members: those on the list.
        unsubscribed: those who were taken off the whole channel, which nothing should do.
    """

    list_id: int = 7
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    unsubscribed: set[str] = field(default_factory=set)

    def answer(self, call: Call) -> Reply:
        """Subscribe, unsubscribe, or show the list."""
        if call.headers.get("api-key") != self.token:
            return _said(HTTPStatus.UNAUTHORIZED, "InvalidApiKey", "Invalid API key")
        if (call.method, call.path) == ("GET", "/api/lists/getUsers"):
            return self._show(call.query)
        if call.method != "POST" or call.path not in {"/api/lists/subscribe", "/api/lists/unsubscribe"}:
            return _said(HTTPStatus.NOT_FOUND, "NotFound", "Not found")
        body = call.json()
        wrong = self._wrong(body)
        return wrong or (self._subscribe(body) if call.path.endswith("/subscribe") else self._unsubscribe(body))

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        """The members of the list, with their fields."""
        return {key: self.users[key] for key in sorted(self.members)}

    def hold(self, people: Mapping[str, Mapping[str, Any]]) -> None:
        """Put members there."""
        self.users.update({key: dict(fields) for key, fields in people.items()})
        self.members.update(people)

    def _wrong(self, body: dict[str, Any]) -> Reply | None:
        subscribers = body.get("subscribers") or []
        if body.get("listId") != self.list_id:
            return _said(HTTPStatus.BAD_REQUEST, "BadParams", f"Invalid listId: {body.get('listId')}")
        if not 1 <= len(subscribers) <= _MOST:
            return _said(HTTPStatus.BAD_REQUEST, "BadParams", f"1 to {_MOST} subscribers are required")
        if self.refuses_whole_batch and any(_key(one) in self.refused for one in subscribers):
            return _said(HTTPStatus.BAD_REQUEST, "BadParams", "A subscriber's dataFields have the wrong type")
        return None

    def _show(self, query: Mapping[str, str]) -> Reply:
        if query.get("listId") != str(self.list_id):
            return _said(HTTPStatus.BAD_REQUEST, "BadParams", "Invalid listId")
        text = "".join(f"{key}\n" for key in sorted(self.members))
        return Reply(HTTPStatus.OK, text.encode(), {"Content-Type": "text/plain"})

    def _subscribe(self, body: dict[str, Any]) -> Reply:
        failed: dict[str, list[str]] = {name: [] for name in _REASONS}
        for one in body["subscribers"]:
            key, wrong = _key(one), self._failure(one)
            if wrong:
                failed[wrong].append(key)
                continue
            self.members.add(key)
            user = self.users.setdefault(key, {})
            user.update(one.get("dataFields") or {})
            self.users[key] = {name: value for name, value in user.items() if value is not None}
        return _counted(body, failed)

    def _unsubscribe(self, body: dict[str, Any]) -> Reply:
        failed: dict[str, list[str]] = {name: [] for name in _REASONS}
        for one in body["subscribers"]:
            key = _key(one)
            if key not in self.users:
                failed["notFoundEmails" if one.get("email") else "notFoundUserIds"].append(key)
            self.members.discard(key)
            if body.get("channelUnsubscribe") is not False:
                self.unsubscribed.add(key)
        return _counted(body, failed)

    def _failure(self, one: dict[str, Any]) -> str | None:
        key = _key(one)
        if not key or ("email" in one and "@" not in key):
            return "invalidEmails" if "email" in one else "invalidUserIds"
        return "forgottenEmails" if key in self.refused else None


def _key(one: dict[str, Any]) -> str:
    return str(one["email"]).lower() if one.get("email") else str(one.get("userId") or "")


def _counted(body: dict[str, Any], failed: dict[str, list[str]]) -> Reply:
    bad = sum(map(len, failed.values()))
    counts = {"successCount": len(body["subscribers"]) - bad, "failCount": bad}
    top = {name: failed[name] for name in ("invalidEmails", "invalidUserIds")}
    return Reply(HTTPStatus.OK, {**counts, **top, "filteredOutFields": [], "failedUpdates": failed})


def _said(status: HTTPStatus, code: str, message: str) -> Reply:
    return Reply(status, {"msg": message, "code": code, "params": None})
