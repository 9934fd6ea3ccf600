from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from reverse_etl._errors import AnswerLost, StopDelivery
from reverse_etl.destinations._contract import Response
from reverse_etl.destinations.linkedin_audience import LinkedInSettings, build_request, parse_response

if TYPE_CHECKING:
    from collections.abc import Callable

TABLE = {"segment_id": "10804"}
SETTINGS = LinkedInSettings(**TABLE, base_url="https://example.com", token_env="TOKEN")  # noqa: S106 - a name


@pytest.fixture
def linkedin(rig: Callable[..., Any]) -> Any:
    return rig("linkedin_audience", TABLE)


@pytest.mark.parametrize(("operation", "action"), [("add", "ADD"), ("remove", "REMOVE")])
def test_an_element_holds_the_hashed_address_and_nothing_else(linkedin: Any, operation: str, action: str) -> None:
    request = build_request(SETTINGS, linkedin.batch(operation, {"Ana@Example.com ": {"first_name": "Ana"}}))
    hashed = hashlib.sha256(b"ana@example.com").hexdigest()
    assert (request.method, request.url) == ("POST", "https://example.com/rest/dmpSegments/10804/users")
    assert json.loads(request.body) == {
        "elements": [{"action": action, "userIds": [{"idType": "SHA256_EMAIL", "idValue": hashed}]}]
    }
    assert request.headers["X-RestLi-Method"] == "BATCH_CREATE"
    assert request.headers["X-Restli-Protocol-Version"] == "2.0.0"
    assert request.headers["LinkedIn-Version"] == "202606"


def test_each_element_has_its_own_status(linkedin: Any) -> None:
    batch = linkedin.batch("add", ["a@example.com", "b@example.com", "c@example.com", "-", "d@example.com", "e@e.com"])
    statuses = [{"status": 201}, {"status": 400, "error": {"message": "no"}}, {"status": 429}, {"status": 500}, {}]
    said = parse_response(SETTINGS, batch, _response({"elements": statuses}))
    assert [outcome.verdict for outcome in said] == [
        "accepted",
        "rejected",
        "rate_limited",
        "rejected",
        "unknown",
        "unknown",
    ]
    assert said[1].reason == "400: no"
    assert said[3].reason == "every identifier is empty"


@pytest.mark.parametrize("elements", [[], [{"status": 201}], [{"status": 201}] * 3])
def test_elements_that_do_not_fit_the_batch_confirm_nobody(linkedin: Any, elements: list[Any]) -> None:
    batch = linkedin.batch("add", ["a@example.com", "b@example.com"])
    said = parse_response(SETTINGS, batch, _response({"elements": elements}))
    assert [outcome.verdict for outcome in said] == ["unknown", "unknown"]


def test_an_answer_without_elements_confirms_nothing(linkedin: Any) -> None:
    with pytest.raises(AnswerLost):
        parse_response(SETTINGS, linkedin.batch("add", ["a@example.com"]), _response({}))


@pytest.mark.parametrize(
    ("status", "word"), [(401, "TOKEN"), (403, "rw_dmp_segments"), (404, "segment_id"), (426, "version")]
)
def test_what_a_person_has_to_change_is_said(linkedin: Any, status: int, word: str) -> None:
    with pytest.raises(StopDelivery, match=word):
        parse_response(SETTINGS, linkedin.batch("add", ["a@example.com"]), Response(status))


def test_another_segment_stops_the_run(linkedin: Any) -> None:
    linkedin.fake.segment_id = "1"
    assert "segment_id" in linkedin.send("add", ["a@example.com"]).stop


def test_the_limit_of_requests_a_minute_is_known_to_the_sender(linkedin: Any) -> None:
    assert linkedin.destination.facts.requests_per_minute == 600


def _response(body: Any) -> Response:
    return Response(200, json.dumps(body).encode())
