"""The shared HTTP side of destinations: one client, one reading of status codes."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

import httpx

from reverse_etl._errors import AnswerLost, BatchRefused, RateLimited, RetryLater, StopDelivery
from reverse_etl.destinations._contract import Response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_etl.destinations._contract import Request

_LONGEST_REASON: Final = 2000  # bytes; far more than is kept, so that what is cut off is never half a name
_TOO_MANY: Final = 429
_UNAVAILABLE: Final = 503
_REFUSED: Final = frozenset({400, 409, 413, 422})
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True)
class HttpTransport:
    """One attempt of one request over a kept connection."""

    client: httpx.Client

    def send(self, request: Request) -> Response:
        """The answer, whatever its status.

        Raises:
            RetryLater: no connection was made, so nothing was sent.
            AnswerLost: it was sent and no whole answer came back.
        """
        try:
            answer = self.client.request(
                request.method, request.url, content=request.body, headers=dict(request.headers)
            )
        except _NOT_SENT as error:
            raise RetryLater(f"no connection ({type(error).__name__})") from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise AnswerLost(f"no answer ({type(error).__name__})") from error
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Response(answer.status_code, answer.content, headers, url=str(answer.url))

    def finish(self) -> None:
        """Each answer has already taken effect."""


@contextmanager
def http_transport(url: str, timeout_seconds: float, auth: httpx.Auth | None = None) -> Iterator[HttpTransport]:
    """A client with a time-out on everything; an address of this machine never goes through a proxy."""
    # Whoever serves plain HTTP shows no certificate; to read all that would be trusted takes a while.
    verify, trust_env = httpx.URL(url).scheme != "http", not is_loopback(url)
    with httpx.Client(
        auth=auth, timeout=timeout_seconds, trust_env=trust_env, verify=verify, follow_redirects=False
    ) as client:
        yield HttpTransport(client)


def ensure_answered(response: Response) -> None:
    """Return if the status is a 2xx, which the destination then reads.

    Raises:
        DeliveryError: the one that says what to do.
        StopDelivery: the address or the credentials are wrong.
    """
    status = response.status
    if status == _TOO_MANY:
        raise RateLimited("429: asked to slow down", retry_after(response))
    if status == _UNAVAILABLE:
        raise RetryLater("503: unavailable", retry_after(response))
    if httpx.codes.is_server_error(status):
        raise AnswerLost(f"{status}: the destination failed", retry_after(response))
    if status in _REFUSED:
        raise BatchRefused(f"{status}: {response.body[:_LONGEST_REASON].decode(errors='replace')}")
    if not httpx.codes.is_success(status):
        raise StopDelivery(f"The destination answered {status}: check its address and its credentials.")


def retry_after(response: Response) -> float | None:
    """The seconds in a Retry-After header, which holds a number or an HTTP date (RFC 9110, 10.2.3)."""
    value = response.headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def address_problem(url: str) -> str | None:
    """What is wrong with an address: personal data leaves this machine only under TLS."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return "is not an address."
    if not parsed.host or parsed.scheme not in {"http", "https"}:
        return "must begin with https:// (or http:// for this machine)."
    if parsed.scheme == "http" and not is_loopback(url):
        return "must begin with https://; plain http is for this machine only."
    return None


def is_loopback(url: str) -> bool:
    """Whether an address is this machine's own."""
    host = httpx.URL(url).host
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
