"""What destinations behind an HTTP API share: settings, what can be wrong with these, and how they are opened."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from reverse_etl._errors import AnswerLost
from reverse_etl.destinations._contract import Destination, Facts, Patience, Reader, Request, Response, Step
from reverse_etl.destinations._http import address_problem, http_transport

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    import httpx

    from reverse_etl._records import Batch, Onward, Outcome
    from reverse_etl.destinations._contract import Configured

    Answers = Sequence[Outcome | Onward]

_POSITIVE = ("timeout_seconds", "attempts", "longest_wait_seconds")
_NOT_NEGATIVE = ("first_wait_seconds", "rate_limit_wait_seconds", "job_wait_seconds")


@dataclass(frozen=True, kw_only=True)
class ApiSettings:
    """The fields of destinations.toml that every HTTP destination has; see `Patience` for those without a comment."""

    base_url: str  # a kind gives its vendor's address as the default
    token_env: str  # the variable that holds the credential
    timeout_seconds: float = 30.0
    attempts: int = 5
    first_wait_seconds: float = 0.5
    longest_wait_seconds: float = 30.0
    rate_limit_wait_seconds: float = 300.0
    job_wait_seconds: float = 60.0


def api_problems(settings: ApiSettings) -> list[tuple[str, str]]:
    """What is wrong with the shared fields, as (field, sentence) pairs."""
    address = address_problem(settings.base_url)
    found = [("base_url", address)] if address else []
    if not settings.token_env:
        found.append(("token_env", "must name an environment variable."))
    found += [(name, "must be above 0.") for name in _POSITIVE if getattr(settings, name) <= 0]
    return found + [(name, "must not be negative.") for name in _NOT_NEGATIVE if getattr(settings, name) < 0]


def open_api(  # noqa: PLR0913 - the parts of a destination, by name
    configured: Configured,
    facts: Facts,
    *,
    add: tuple[Step, ...],
    remove: tuple[Step, ...],
    headers: Callable[[str], Mapping[str, str]],
    poll: tuple[Step, ...] = (),
    read: Reader | None = None,
    auth: httpx.Auth | None = None,
) -> Destination:
    """A destination behind an HTTP API.

    Args:
        configured: its table of destinations.toml, with the secret `token`.
        facts: what the sender has to know.
        add: see `Destination`, as for the following.
        remove: taking out.
        poll: asking about a job.
        read: reading back.
        headers: the headers that the credential makes.
        auth: what puts access tokens into requests instead, where they run out.
    """
    settings: ApiSettings = configured.settings
    token = configured.secrets["token"].value
    return Destination(
        name=configured.name,
        facts=facts,
        patience=Patience(
            settings.attempts,
            settings.first_wait_seconds,
            settings.longest_wait_seconds,
            settings.rate_limit_wait_seconds,
            settings.job_wait_seconds,
        ),
        add=_guarded(add),
        remove=_guarded(remove),
        connect=partial(http_transport, settings.base_url, settings.timeout_seconds, auth),
        account=hashlib.sha256(f"{settings.base_url} {token}".encode()).hexdigest()[:16],
        authorise=partial(_with_headers, {} if auth else headers(token)),
        poll=_guarded(poll),
        read=read,
    )


def _guarded(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    return tuple(replace(step, parse_response=partial(_parsed, step.parse_response)) for step in steps)


def _parsed(parse: Callable[[Batch, Response], Answers], batch: Batch, response: Response) -> Answers:
    # An answer in a shape that no vendor describes confirms nothing, and must not end the run with a traceback.
    try:
        return parse(batch, response)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise AnswerLost(f"{response.status} whose body is not as described ({type(error).__name__})") from error


def bearer(token: str) -> Mapping[str, str]:
    """The header of a bearer token (RFC 6750, 2.1)."""
    return {"Authorization": f"Bearer {token}"}


def json_request(method: str, url: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Request:
    """A request whose body is JSON; None is no body. A decimal is written as a number."""
    content = b"" if body is None else json.dumps(body, default=float, separators=(",", ":")).encode()
    return Request(method, url, content, {"Content-Type": "application/json", **(headers or {})})


def answered_json(response: Response) -> Any:
    """The answer's body, read.

    Raises:
        AnswerLost: it is no JSON, so that what became of the request is not known.
    """
    try:
        return json.loads(response.body)
    except ValueError as error:
        raise AnswerLost(f"{response.status} without readable JSON") from error


def _with_headers(headers: Mapping[str, str], request: Request, _at: datetime) -> Request:
    return replace(request, headers={**request.headers, **headers})
