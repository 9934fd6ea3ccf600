"""Access tokens that run out: asked for when needed, renewed when they end (OAuth 2.0: RFC 6749 and 7523)."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import httpx

from reverse_etl.destinations._api import ApiSettings, api_problems
from reverse_etl.destinations._http import address_problem
from reverse_etl.destinations._optional import extra

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from reverse_etl.destinations._contract import Configured

_CLIENT_FIELDS: Final = ("client_id", "client_secret_env")
_BEFORE_THE_END: Final = 60.0  # seconds


@dataclass(frozen=True, kw_only=True)
class OAuthSettings(ApiSettings):
    """The fields of destinations.toml of a destination whose access tokens run out.

    What `token_env` holds depends on `grant`: '' the access token itself; refresh_token a refresh token;
    client_credentials the client's secret; service_account the JSON key of a service account at Google.
    """

    grant: str = ""
    client_id: str = ""
    client_secret_env: str = ""  # beside a refresh token, where the client has a secret
    scope: str = ""
    token_url: str = ""  # a kind gives its vendor's address as the default

    @property
    def token_endpoint(self) -> str:
        """Where tokens are given."""
        return self.token_url


def oauth_problems(settings: OAuthSettings, grants: tuple[str, ...]) -> list[tuple[str, str]]:
    """What is wrong with the shared fields, as (field, sentence) pairs; `grants` are those that the vendor knows."""
    found = api_problems(settings)
    if not settings.grant:
        unused = [name for name in _CLIENT_FIELDS if getattr(settings, name)]
        return found + [(name, "is used with `grant` only.") for name in unused]
    if settings.grant not in grants:
        found.append(("grant", f"must be {' or '.join(grants)}; without it token_env holds an access token."))
    elif settings.grant != "service_account" and not settings.client_id:
        found.append(("client_id", f"is missing: grant = {settings.grant} needs it."))
    address = address_problem(settings.token_endpoint)
    return [*found, ("token_url", address)] if address else found


def renewal(configured: Configured, home: Path) -> Renewal | None:
    """What puts a good access token into each request; None where `token_env` holds the access token itself.

    Args:
        configured: the destination.
        home: the home folder, where refresh tokens are kept that replace the one in the environment.

    Raises:
        KindredError: the library for it is missing, or the key of the service account cannot be read.
    """
    if not configured.settings.grant:
        return None
    with extra(configured.name, "oauth"):
        from reverse_etl.destinations._grants import fetcher  # noqa: PLC0415  (only who renews tokens needs oauthlib)
    return Renewal(fetcher(configured, home))


@dataclass
class Renewal(httpx.Auth):
    """Asks for an access token when there is none, when it is about to end, and once when it is refused.

    Attributes:
        fetch: asks for a token; says it, and how many seconds it lives if that is known.
        token: the last one.
        good_until: how long it is used, by the clock that only goes on; for ever if its end was not said.
    """

    fetch: Callable[[], tuple[str, float | None]] = field(repr=False)
    token: str = field(default="", repr=False)
    good_until: float = 0.0
    turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send a request with a token, and once more with another one when that is refused.

        Raises:
            RetryLater: nobody gives a token now; the request was not sent, or was refused.
            StopDelivery: nobody gives one to this client.
        """
        token = self._good()
        answer = yield _with_token(request, token)
        # Who is refused was not heard. Salesforce does not say how long a token lives, and any may be revoked.
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            yield _with_token(request, self._other_than(token))

    def _good(self) -> str:
        with self.turn:
            return self.token if time.monotonic() < self.good_until else self._fetched()

    def _other_than(self, refused: str) -> str:
        with self.turn:
            return self._fetched() if self.token == refused else self.token

    def _fetched(self) -> str:
        asked = time.monotonic()
        self.token, lives = self.fetch()
        self.good_until = asked + (math.inf if lives is None else lives - min(_BEFORE_THE_END, lives / 2))
        return self.token


def _with_token(request: httpx.Request, token: str) -> httpx.Request:
    request.headers["Authorization"] = f"Bearer {token}"
    return request
