"""An answer in a shape that no vendor describes confirms nobody and breaks nothing."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from reverse_etl._errors import DeliveryError, StopDelivery
from reverse_etl.destinations._contract import Response
from tests.reverse_etl.destinations.test_contract import CASES, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS = (
    "braze",
    "customerio",
    "google_data_manager",
    "iterable",
    "linkedin_audience",
    "meta_audience",
    "salesforce",
    "salesforce in bulk",
    "tencent_audience",
    "tiktok_audience",
)
NAMES = (
    "attributes_processed",
    "code",
    "compositeResponse",
    "customers",
    "elements",
    "errors",
    "failedUpdates",
    "list",
    "num_received",
    "requestId",
    "requestStatusPerDestination",
    "state",
    "successCount",
)
VALUES = ("null", "true", '"x"', "[]", "[5]", "[{}]", '{"a": 5}')
WITHIN = ("{%s}", '{"code": 0, "data": {%s}}', '{"message": "success", %s}', '{"num_invalid_entries": 0, %s}', "[{%s}]")
BODIES = [
    b"",
    b"5",
    b"[]",
    b"<html>",
    *((outer % f'"{name}": {value}').encode() for outer, name, value in product(WITHIN, NAMES, VALUES)),
]
MEANT = {
    "customerio": lambda body: body.startswith(b"{"),  # an empty object says that the segment was changed
    "tiktok_audience": lambda body: body.startswith(b'{"code": 0'),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", ["add", "remove"])
@pytest.mark.parametrize("job", [None, "J"])
def test_an_odd_answer_confirms_nobody(rig: Callable[..., Any], kind: str, operation: str, job: str | None) -> None:
    case = CASES[kind]
    one = rig(kind_of(kind), case.table, secrets=case.secrets)
    keys = case.keys(2)
    batch = replace(one.batch(operation, keys, **dict.fromkeys(keys, "an id")), job=job)
    meant = MEANT.get(kind, lambda _body: False)
    for step, body in product(one.destination.steps(batch), BODIES):
        try:
            answers = step.parse_response(batch, Response(200, body))
        except (DeliveryError, StopDelivery):
            continue
        assert meant(body) or not [one for one in answers if getattr(one, "verdict", None) == "accepted"], body
