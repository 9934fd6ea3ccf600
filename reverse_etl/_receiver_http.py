"""The HTTP side of the local webhook receiver."""

from __future__ import annotations

import hmac
import json
import sqlite3
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final

from reverse_etl.destinations.webhook import sign

if TYPE_CHECKING:
    from reverse_etl._receiver_faults import Fault
    from reverse_etl._receiver_store import Store
    from reverse_etl.destinations._contract import Secret

_OLDEST_SECONDS: Final = 300
_OPERATIONS: Final = frozenset({"add", "update", "remove"})
_Elements = list[dict[str, Any]]


@dataclass(frozen=True)
class Received:
    """One request as it came in, without personal data.

    Attributes:
        sync: what it was for.
        operations: how many records and of which operation, in order.
        status: what was answered; 0 when the connection was closed without an answer.
        replayed: the idempotency key had been answered before.
    """

    sync: str
    operations: tuple[str, ...]
    status: int
    replayed: bool = False


@dataclass
class State:
    """What the receiver's threads share; mutable, because its faults are told while it runs."""

    store: Store
    secret: Secret
    faults: deque[Fault] = field(default_factory=deque)
    received: list[Received] = field(default_factory=list)
    refused: frozenset[str] = frozenset()
    refuses_whole_batch: bool = True


class Server(ThreadingHTTPServer):
    """A server on 127.0.0.1 with the state that its handlers share."""

    def __init__(self, port: int, state: State) -> None:
        """Listen on a port; 0 takes a free one."""
        super().__init__(("127.0.0.1", port), Handler)
        self.state = state


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_POST(self) -> None:
        """Verify, fail if told to, else take the batch."""
        state = self.server.state
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        elements = _elements(body)
        if not self._is_signed(state.secret, body):
            self._answer(401, {"error": "the signature is wrong or too old"}, elements)
        elif elements is None:
            self._answer(422, {"error": "the body is no array of operations"}, elements)
        else:
            self._fail_or_take(state, elements)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's name
        """Say nothing: what comes in is personal data."""

    def _fail_or_take(self, state: State, elements: _Elements) -> None:
        fault = state.faults.popleft() if state.faults else None
        if fault is None or fault.kind == "none":
            self._take_or_refuse(state, elements)
        elif fault.kind == "partial":
            bad = {element["key"] for element in elements[::2]}
            self._take(elements, bad, verdict=fault.value or "rejected")
        elif fault.kind in {"drop", "late"}:
            self._take(elements, set(), fault)
        elif fault.kind in _STATUSES:
            wait = {"Retry-After": fault.value} if fault.kind == "rate_limit" and fault.value else {}
            self._answer(_STATUSES[fault.kind], {"error": f"told to fail: {fault.kind}"}, elements, wait)
        else:
            self._hang_up(elements, float(fault.value or 60) if fault.kind == "hang" else 0)

    def _take_or_refuse(self, state: State, elements: _Elements) -> None:
        known = state.store.answer(self._key())
        bad = {element["key"] for element in elements} & state.refused
        if known:
            self._reply(*known, elements, replayed=True)
        elif bad and state.refuses_whole_batch:
            self._answer(400, {"error": f"{min(bad)} is not an address we take"}, elements)
        else:
            self._take(elements, bad)

    def _take(
        self, elements: _Elements, bad: set[str], fault: Fault | None = None, *, verdict: str = "rejected"
    ) -> None:
        good = [element for element in elements if element["key"] not in bad]
        status, body = (207, _multi_status(elements, bad, verdict)) if bad else (200, b'{"taken": true}')
        store = self.server.state.store
        try:
            store.take(self._sync(), self._key(), good, (status, body))
        except sqlite3.IntegrityError:  # the same request was taken before
            status, body = store.answer(self._key()) or (500, b"")
        if fault:
            self._hang_up(elements, float(fault.value or 60) if fault.kind == "late" else 0)
        else:
            self._reply(status, body, elements)

    def _answer(
        self, status: int, said: dict[str, Any], elements: _Elements | None, headers: dict[str, str] | None = None
    ) -> None:
        self._reply(status, json.dumps(said).encode(), elements, headers=headers)

    def _reply(
        self,
        status: int,
        body: bytes,
        elements: _Elements | None,
        *,
        headers: dict[str, str] | None = None,
        replayed: bool = False,
    ) -> None:
        self._note(elements, status, replayed=replayed)
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _hang_up(self, elements: _Elements, seconds: float) -> None:
        self._note(elements, 0)
        time.sleep(seconds)
        self.close_connection = True

    def _note(self, elements: _Elements | None, status: int, *, replayed: bool = False) -> None:
        operations = tuple(element["operation"] for element in elements or ())
        self.server.state.received.append(Received(self._sync(), operations, status, replayed))

    def _is_signed(self, secret: Secret, body: bytes) -> bool:
        timestamp = self.headers.get("Kindred-Timestamp", "")
        if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > _OLDEST_SECONDS:
            return False
        return hmac.compare_digest(sign(secret, timestamp, body), self.headers.get("Kindred-Signature", ""))

    def _key(self) -> str:
        return self.headers.get("Idempotency-Key", "")

    def _sync(self) -> str:
        return self.headers.get("Kindred-Sync", "")


_STATUSES: Final = {"refuse": 400, "unauthorised": 401, "rate_limit": 429, "error": 500, "unavailable": 503}


def _elements(body: bytes) -> _Elements | None:
    try:
        found = json.loads(body)
        fits = all(element["operation"] in _OPERATIONS and isinstance(element["key"], str) for element in found)
    except (ValueError, KeyError, TypeError):
        return None
    return found if fits else None


def _multi_status(elements: _Elements, bad: set[str], verdict: str) -> bytes:
    outcomes = [
        {"key": element["key"], "outcome": verdict if element["key"] in bad else "accepted", "reason": None}
        for element in elements
    ]
    return json.dumps({"outcomes": outcomes}).encode()
