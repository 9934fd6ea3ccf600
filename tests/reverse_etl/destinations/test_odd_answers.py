"""An answer in a shape that no vendor describes confirms nobody, neither as taken nor as gone."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from reverse_etl._errors import DeliveryError, StopDelivery
from reverse_etl.destinations._contract import Response
from tests.reverse_etl.destinations.test_specs import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ("result", "results", "errors", "data", "members_added", "members_removed", "new_members", "updated_members")
BODIES = [
    b"",
    b"[]",
    b"5",
    b"{}",
    b"<html>",
    *(f'{{"{name}": {value}}}'.encode() for name, value in product(NAMES, ("5", "null", "[5]", '{"a": 5}'))),
]
ANA, BEN = "ana@example.com", "ben@example.com"


@pytest.mark.parametrize("kind", sorted(TABLES))
@pytest.mark.parametrize("operation", ["add", "remove"])
@pytest.mark.parametrize("job", [None, "J"])
def test_an_odd_answer_confirms_nobody(rig: Callable[..., Any], kind: str, operation: str, job: str | None) -> None:
    one = rig(kind, TABLES[kind][-1])
    batch = replace(one.batch(operation, [ANA, BEN]), job=job)
    for step, body in product(one.destination.steps(batch), BODIES):
        if body == b'{"members_removed": [5]}':
            continue  # whoever is not among those removed was not there
        if "/relationships/" in step.build_request(batch).url:
            continue  # Klaviyo answers that with 204 and no body
        try:
            answers = step.parse_response(batch, Response(200, body, more=(Response(200, body),)))
        except (DeliveryError, StopDelivery):
            continue
        assert not [answer for answer in answers if getattr(answer, "verdict", None) == "accepted"], body
