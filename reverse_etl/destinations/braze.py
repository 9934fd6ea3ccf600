"""Braze: POST `/users/track`, one true/false attribute per audience, and the payload's fields as attributes.

    {"attributes": [{"external_id": "c-1", "_update_existing_only": false, "in_winback": true, "city": "Bonn"}]}

Leaving sets the attribute to false, and only for people whom Braze has: nobody is made, deleted or unsubscribed by
leaving. A null clears the attribute at Braze. Additions make people whom Braze does not have yet.

Traps: a 2xx may carry `errors[]`, each with the place of its object; when those and `attributes_processed` do not add
up to what was sent, the others are `unknown`. Data points cost money: only records that changed are sent, but each of
those with all its fields. `message` other than success means that nothing was taken. The audience cannot be listed,
so there is nothing to read back.

Read: Braze's pages on /users/track, its limits and errors, and public code that reads `errors[]`. Not verified
against a real account: the size of a request, and that `attributes_processed` leaves out the objects in `errors[]`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from reverse_etl._errors import BatchRefused, RateLimited
from reverse_etl._records import ACCEPTED, Batch, Outcome, Record, Run
from reverse_etl.destinations._api import ApiSettings, api_problems, bearer, json_request, open_api
from reverse_etl.destinations._contract import Configured, Destination, Facts, Kind, Request, Response, Step
from reverse_etl.destinations._http import retry_after
from reverse_etl.destinations._people import ensure, words
from reverse_etl.destinations._rows import NOT_SAID, answered_object

if TYPE_CHECKING:
    from pathlib import Path

_IDENTIFIERS: Final = {"customer_id": "external_id", "user_id": "external_id", "email": "email", "phone": "phone"}
_TOO_MANY: Final = 429


@dataclass(frozen=True, kw_only=True)
class BrazeSettings(ApiSettings):
    """The table of a Braze audience in destinations.toml; base_url is that of your instance (https://rest.….braze.com)."""

    attribute: str  # the custom attribute that is true for members
    key: str = "customer_id"  # or user_id, email, phone: the type of the sync's key


def build_request(settings: BrazeSettings, batch: Batch) -> Request:
    """One attributes object per record, all additions or all removals."""
    body = {"attributes": [_attributes(settings, record) for record in batch.records]}
    return json_request("POST", f"{settings.base_url}/users/track", body)


def parse_response(settings: BrazeSettings, batch: Batch, response: Response) -> list[Outcome]:
    """One outcome per record, by its place.

    Raises:
        BatchRefused: the message says that nothing was taken.
        RateLimited: with the time at which Braze counts anew.
    """
    if response.status == _TOO_MANY:
        raise RateLimited("429: Braze asks to slow down", _wait(response))
    ensure(response, _advice(settings))
    body = answered_object(response, message=str)
    if body["message"] != "success":
        raise BatchRefused(f"Braze: {words(body['message'])}")
    return _outcomes(batch, body)


def _attributes(settings: BrazeSettings, record: Record) -> dict[str, Any]:
    leaves = record.operation == "remove"
    return {
        **({} if leaves else record.fields()),
        _IDENTIFIERS[settings.key]: record.record_key,
        "_update_existing_only": leaves,
        settings.attribute: not leaves,
    }


def _outcomes(batch: Batch, body: dict[str, Any]) -> list[Outcome]:
    errors = body["errors"] if isinstance(body.get("errors"), list) else []
    failed = {error["index"]: words(error.get("type")) for error in errors if _is_placed(error)}
    processed = body.get("attributes_processed")
    adds_up = isinstance(processed, int) and processed + len(failed) == len(batch.records)
    return [
        Outcome("rejected", failed[place]) if place in failed else (ACCEPTED if adds_up else NOT_SAID)
        for place in range(len(batch.records))
    ]


def _is_placed(error: Any) -> bool:
    return isinstance(error, dict) and error.get("input_array") == "attributes" and isinstance(error.get("index"), int)


def _wait(response: Response) -> float | None:
    # Braze says when it counts anew, in Unix seconds, rather than how long to wait.
    reset = response.headers.get("x-ratelimit-reset", "")
    if not reset.isdecimal():
        return retry_after(response)
    return max(0.0, float(reset) - datetime.now(UTC).timestamp())


def _advice(settings: BrazeSettings) -> dict[int, str]:
    return {
        401: f"Braze refuses the key: renew {settings.token_env}, or look whether base_url is that of its instance.",
        403: f"Braze refuses the key's permission: {settings.token_env} needs users.track.",
    }


def _problems(settings: BrazeSettings) -> list[tuple[str, str]]:
    found = api_problems(settings)
    if not settings.attribute or settings.attribute.startswith("_") or settings.attribute in _IDENTIFIERS.values():
        found.append(("attribute", "must name a custom attribute."))
    if settings.key not in _IDENTIFIERS:
        found.append(("key", f"must be one of {', '.join(_IDENTIFIERS)}."))
    return found


def _open(configured: Configured, _run: Run, _home: Path) -> Destination:
    settings: BrazeSettings = configured.settings
    steps = (Step(partial(build_request, settings), partial(parse_response, settings)),)
    facts = Facts(
        batch_size=75,
        max_bytes=4_000_000,
        idempotent=True,
        identifiers=frozenset({settings.key}),
        personal_data="plain",
        requests_per_second=1_000,
    )
    return open_api(configured, facts, add=steps, remove=steps, headers=bearer)


KIND = Kind(BrazeSettings, _problems, _open)
