"""A receiver as light as can be, in a process of its own: it counts what it is sent, waits if told to, and answers.

    python -m benchmarks.delivery_receiver DELAY_SECONDS

prints its address, and answers GET with its counts as JSON.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD_END = b"\r\n\r\n"


@dataclass
class Counts:
    """What came in: requests, records that were taken, and those of them that leave."""

    requests: int = 0
    records: int = 0
    removals: int = 0


@dataclass(frozen=True)
class Listening:
    """A receiver that listens."""

    url: str

    def counts(self) -> Counts:
        """What came in since the last question."""
        return Counts(**httpx.get(self.url, trust_env=False).json())


@contextmanager
def listening(delay_seconds: float = 0.0) -> Iterator[Listening]:
    """A receiver in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.delivery_receiver", str(delay_seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Listening(process.stdout.readline().strip() if process.stdout else "")
        finally:
            process.kill()


class _Connection(asyncio.Protocol):
    counts = Counts()
    delay_seconds = 0.0

    def __init__(self) -> None:
        self.waiting = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        head = self.waiting.find(_HEAD_END)
        if head < 0:
            return
        size = _content_length(bytes(self.waiting[:head]))
        if len(self.waiting) < head + len(_HEAD_END) + size:
            return
        body = bytes(self.waiting[head + len(_HEAD_END) :])
        is_question = self.waiting.startswith(b"GET")
        self.waiting.clear()
        answer = _told(type(self).counts) if is_question else self._take(body)
        asyncio.get_running_loop().call_later(self.delay_seconds, self.transport.write, answer)  # type: ignore[attr-defined]

    def _take(self, body: bytes) -> bytes:
        counts = type(self).counts
        counts.requests += 1
        if b'"BAD"' in body:
            return b"HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\n{}"
        counts.records += body.count(b'"operation"')
        counts.removals += body.count(b'"remove"')
        return b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


def _told(counts: Counts) -> bytes:
    body = json.dumps(asdict(counts)).encode()
    counts.__init__()  # type: ignore[misc]
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def _serve() -> None:
    _Connection.delay_seconds = float(sys.argv[1])
    server = await asyncio.get_running_loop().create_server(_Connection, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
