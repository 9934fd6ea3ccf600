"""A webhook's receiver on this machine: it verifies each request and answers it once, however often it comes."""

from __future__ import annotations

import hmac
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from reverse_etl.destinations._contract import Secret
from reverse_etl.destinations.webhook import sign
from reverse_etl.fakes._fake import Call, Fake, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reverse_etl.fakes._webhook_store import Store

REPLAYED: Final = {"Idempotent-Replayed": "true"}
"""The header of an answer that had been given before."""
_OLDEST_SECONDS: Final = 300
_OPERATIONS: Final = frozenset({"add", "update", "remove"})
_Elements = list[dict[str, Any]]


@dataclass(kw_only=True)
class WebhookFake(Fake):
    """A receiver; its `token` is the secret that signs, and what it holds outlives it in its store."""

    store: Store
    refuses_whole_batch: bool = True

    def answer(self, call: Call) -> Reply:
        """Carry out one request."""
        return self._answer(call, None)

    def answer_in_part(self, call: Call, verdict: str) -> Reply:
        """Carry out every second operation; the verdict is what becomes of the others."""
        return self._answer(call, verdict)

    def _answer(self, call: Call, half: str | None) -> Reply:
        elements = operations(call)
        if not self._is_signed(call):
            return Reply(401, {"error": "the signature is wrong or too old"})
        if elements is None:
            return Reply(422, {"error": "the body is no array of operations"})
        if known := self.store.answer(_key(call)):
            return Reply(*known, REPLAYED)
        if half:
            return self._take(call, elements, {element["key"] for element in elements[::2]}, half)
        bad = {element["key"] for element in elements} & self.refused
        if bad and self.refuses_whole_batch:
            return Reply(400, {"error": f"{min(bad)} is not an address we take"})
        return self._take(call, elements, bad, "rejected")

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        """Who is held for any sync."""
        return self.store.held()

    def _take(self, call: Call, elements: _Elements, bad: set[str], verdict: str) -> Reply:
        good = [element for element in elements if element["key"] not in bad]
        status, body = (207, _multi_status(elements, bad, verdict)) if bad else (200, b'{"taken": true}')
        self.store.take(sync_of(call), _key(call), good, (status, body))
        return Reply(status, body)

    def _is_signed(self, call: Call) -> bool:
        timestamp = call.headers.get("kindred-timestamp", "")
        if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > _OLDEST_SECONDS:
            return False
        return hmac.compare_digest(
            sign(Secret(self.token), timestamp, call.body), call.headers.get("kindred-signature", "")
        )


def sync_of(call: Call) -> str:
    """The sync that a request is for."""
    return call.headers.get("kindred-sync", "")


def operations(call: Call) -> _Elements | None:
    """The elements of a request's body; None if it is no array of operations."""
    try:
        found = call.json()
        fits = all(element["operation"] in _OPERATIONS and isinstance(element["key"], str) for element in found)
    except (ValueError, KeyError, TypeError):
        return None
    return found if fits else None


def _key(call: Call) -> str:
    return call.headers.get("idempotency-key", "")


def _multi_status(elements: _Elements, bad: set[str], verdict: str) -> bytes:
    outcomes = [
        {"key": element["key"], "outcome": verdict if element["key"] in bad else "accepted", "reason": None}
        for element in elements
    ]
    return json.dumps({"outcomes": outcomes}).encode()
