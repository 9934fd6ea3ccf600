"""The HTTP side that every fake shares: one answer at a time, and the faults that any server can have."""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

from reverse_etl.fakes._fake import Call, Fake, Reply
from reverse_etl.fakes._faults import Fault
from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Iterator

_STATUSES: Final = {"refuse": 400, "unauthorised": 401, "rate_limit": 429, "error": 500, "unavailable": 503}
_LONG_SECONDS: Final = 60.0


@dataclass
class Serving:
    """A fake that listens, with what it was asked.

    Attributes:
        url: where it listens; a destination's `base_url`.
        fake: what holds the state.
        faults: how the next requests fail, the first one first.
        seen: every request and what was answered, None when the connection was closed without an answer.
        delay_seconds: how long each answer takes.
    """

    url: str
    fake: Fake
    faults: deque[Fault] = field(default_factory=deque)
    seen: list[tuple[Call, Reply | None]] = field(default_factory=list)
    delay_seconds: float = 0.0
    turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def fail(self, *faults: Fault) -> None:
        """Fail in these ways, each as often as it says; then answer properly again."""
        for fault in faults:
            self.faults.extend(fault.each())

    def take(self, call: Call) -> Reply:
        """The fake's own answer."""
        with self.turn:
            return self.fake.answer(call)

    def take_in_part(self, call: Call, verdict: str) -> Reply:
        """The fake's answer when it takes every second record only."""
        with self.turn:
            return self.fake.answer_in_part(call, verdict)

    def wait(self) -> None:
        """Wait until somebody interrupts the process.

        Raises:
            KeyboardInterrupt: somebody did.
        """
        threading.Event().wait()


@contextmanager
def serving(fake: Fake, port: int = 0) -> Iterator[Serving]:
    """Let a fake listen on 127.0.0.1 while the block runs; port 0 takes a free one.

    Raises:
        KindredError: the port cannot be listened on.
    """
    server = _listen(port)
    server.serving = Serving(f"http://127.0.0.1:{server.server_port}", fake)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.serving
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _listen(port: int) -> _Server:
    try:
        return _Server(("127.0.0.1", port), _Handler)
    except OSError as error:
        raise KindredError(
            f"Port {port} cannot be listened on ({error.strerror}): choose another with --port."
        ) from error


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    serving: Serving

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report an error, unless it is that whoever asked has gone."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's name
        """Say nothing: what comes in is personal data."""

    def _handle(self) -> None:
        serving, call = self.server.serving, self._call()
        time.sleep(serving.delay_seconds)
        with serving.turn:
            fault = serving.faults.popleft() if serving.faults else Fault("none")
        if fault.kind in _STATUSES:
            self._reply(call, _failure(fault))
        elif fault.kind in {"hang", "close"}:
            self._hang_up(call, float(fault.value or _LONG_SECONDS) if fault.kind == "hang" else 0)
        elif fault.kind in {"drop", "late"}:
            serving.take(call)
            self._hang_up(call, float(fault.value or _LONG_SECONDS) if fault.kind == "late" else 0)
        elif fault.kind == "partial":
            self._reply(call, serving.take_in_part(call, fault.value or "rejected"))
        else:
            self._reply(call, serving.take(call))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _handle  # noqa: N815 - the standard library's names

    def _call(self) -> Call:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Call(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body, self.path)

    def _reply(self, call: Call, reply: Reply) -> None:
        self.server.serving.seen.append((call, reply))
        content = reply.content()
        self.send_response(reply.status)
        headers = {"Content-Type": "application/json", **reply.headers, "Content-Length": str(len(content))}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _hang_up(self, call: Call, seconds: float) -> None:
        self.server.serving.seen.append((call, None))
        time.sleep(seconds)
        self.close_connection = True


def _failure(fault: Fault) -> Reply:
    # `rate_limit` comes as some vendors send it: without a body, and without Retry-After unless a value is given.
    if fault.kind == "rate_limit":
        return Reply(_STATUSES[fault.kind], None, {"Retry-After": fault.value} if fault.value else {})
    return Reply(_STATUSES[fault.kind], {"message": f"told to fail: {fault.kind}"})
