"""Webhook: POST a JSON array, signed, with one object per record.

    [{"operation": "add", "key": "ana@example.com", "payload": {…}}, {"operation": "remove", "key": …, "payload": null}]

Headers: `Kindred-Sync`, `Idempotency-Key` (the same when a request is sent again), `Kindred-Timestamp` (Unix seconds)
and `Kindred-Signature`: `v1=` and the hex HMAC-SHA256 of `<timestamp>.<body>`. Any 2xx means that every record was
taken, except 207, whose body says what became of each: {"outcomes": [{"key": …, "outcome": "accepted"}]}.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, replace
from functools import partial
from json.encoder import encode_basestring_ascii
from typing import TYPE_CHECKING, Any, Final

from reverse_etl._errors import AnswerLost
from reverse_etl._records import ACCEPTED, VERDICTS, Batch, Outcome, Record, Run
from reverse_etl.destinations._contract import (
    Configured,
    Destination,
    Facts,
    Kind,
    Patience,
    Request,
    Response,
    Secret,
    Step,
)
from reverse_etl.destinations._http import address_problem, ensure_answered, http_transport

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

_MULTI_STATUS: Final = 207
_NOT_SAID = Outcome("unknown", "the destination did not say what became of this record")


@dataclass(frozen=True)
class WebhookSettings:
    """The table of a webhook in destinations.toml; see `Facts` and `Patience` for the fields without a comment."""

    url: str
    secret_env: str  # the variable that holds the key of the signature
    batch_size: int = 500
    max_bytes: int = 5_000_000
    connections: int = 4
    idempotent: bool = True  # false: a request whose answer was lost is never sent again by itself
    requests_per_second: float = 0.0  # 0: no limit
    timeout_seconds: float = 30.0
    attempts: int = 5
    first_wait_seconds: float = 0.5
    longest_wait_seconds: float = 30.0
    rate_limit_wait_seconds: float = 300.0


def sign(secret: Secret, timestamp: str, body: bytes) -> str:
    """The value of Kindred-Signature; timestamp is in Unix seconds."""
    return "v1=" + hmac.new(secret.value.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def build_request(url: str, batch: Batch) -> Request:
    """The POST for one batch; its idempotency key is that of the run and the body, so that it survives a retry."""
    body = f"[{','.join([_element(record) for record in batch.records])}]".encode()
    headers = {
        "Content-Type": "application/json",
        "Kindred-Sync": batch.run.sync,
        "Idempotency-Key": hashlib.sha256(batch.run.run_id.encode() + body).hexdigest(),
    }
    return Request("POST", url, body, headers)


def parse_response(batch: Batch, response: Response) -> list[Outcome]:
    """One outcome per record.

    Raises:
        DeliveryError: the batch was not answered record by record.
        StopDelivery: no request will be.
    """
    ensure_answered(response)
    if response.status != _MULTI_STATUS:
        return [ACCEPTED] * len(batch.records)
    said = _outcomes_by_key(response.body)
    return [said.get(record.record_key, _NOT_SAID) for record in batch.records]


def _element(record: Record) -> str:
    # The payload is the warehouse's own JSON text: parsing it here could only change its numbers.
    key = encode_basestring_ascii(record.record_key)
    return f'{{"operation":"{record.operation}","key":{key},"payload":{record.payload or "null"}}}'


def _outcomes_by_key(body: bytes) -> dict[str, Outcome]:
    try:
        answers = json.loads(body)["outcomes"]
        return {str(answer["key"]): _outcome(answer) for answer in answers}
    except (ValueError, KeyError, TypeError) as error:
        raise AnswerLost("207 without readable outcomes") from error


def _outcome(answer: dict[str, Any]) -> Outcome:
    # A webhook has no job to ask about later, so that "pending" says no more than that nothing is known.
    verdict = answer["outcome"]
    if verdict not in VERDICTS or verdict == "pending":
        return Outcome("unknown", f"the destination answered {verdict!s:.20}")
    reason = answer.get("reason")
    return Outcome(verdict, None if reason is None else str(reason))


def _authorise(secret: Secret, request: Request, at: datetime) -> Request:
    timestamp = str(int(at.timestamp()))
    signature = {"Kindred-Timestamp": timestamp, "Kindred-Signature": sign(secret, timestamp, request.body)}
    return replace(request, headers={**request.headers, **signature})


def _problems(settings: WebhookSettings) -> list[tuple[str, str]]:
    address = address_problem(settings.url)
    found = [("url", address)] if address else []
    if not settings.secret_env:
        found.append(("secret_env", "must name an environment variable."))
    positive = ("batch_size", "max_bytes", "connections", "timeout_seconds", "attempts", "longest_wait_seconds")
    found += [(name, "must be above 0.") for name in positive if getattr(settings, name) <= 0]
    not_negative = ("requests_per_second", "first_wait_seconds", "rate_limit_wait_seconds")
    return found + [(name, "must not be negative.") for name in not_negative if getattr(settings, name) < 0]


def _open(configured: Configured, _run: Run, _home: Path) -> Destination:
    settings: WebhookSettings = configured.settings
    steps = (Step(partial(build_request, settings.url), parse_response),)
    return Destination(
        name=configured.name,
        facts=Facts(
            batch_size=settings.batch_size,
            max_bytes=settings.max_bytes,
            idempotent=settings.idempotent,
            identifiers=None,
            personal_data="plain",
            requests_per_second=settings.requests_per_second or None,
            connections=settings.connections,
        ),
        patience=Patience(
            settings.attempts,
            settings.first_wait_seconds,
            settings.longest_wait_seconds,
            settings.rate_limit_wait_seconds,
        ),
        add=steps,
        remove=steps,
        connect=partial(http_transport, settings.url, settings.timeout_seconds),
        authorise=partial(_authorise, configured.secrets["secret"]),
    )


KIND = Kind(WebhookSettings, _problems, _open)
