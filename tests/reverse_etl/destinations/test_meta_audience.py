from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from reverse_etl._errors import AnswerLost, BatchRefused
from reverse_etl._records import ACCEPTED
from reverse_etl.destinations._contract import Response
from reverse_etl.destinations.meta_audience import MetaSettings, build_request, parse_response
from reverse_etl.fakes.meta_audience import MetaFake

if TYPE_CHECKING:
    from collections.abc import Callable

TABLE = {"audience_id": "2385"}
SETTINGS = MetaSettings(audience_id="2385", base_url="https://example.com", token_env="TOKEN")  # noqa: S106 - a name
ANA = {"email": "Ana@Example.com", "first_name": "Ána", "country": "US", "postal_code": "94105-1234", "city": None}


@pytest.fixture
def meta(rig: Callable[..., Any]) -> Any:
    return rig("meta_audience", TABLE)


def test_the_schema_holds_the_key_twice_and_the_fields_that_meta_matches_by(meta: Any) -> None:
    request = build_request(SETTINGS, meta.batch("add", {"Ana@Example.com": {**ANA, "score": 7}}))
    body = json.loads(request.body)
    key = _hash("ana@example.com")
    assert (request.method, request.url) == ("POST", "https://example.com/v25.0/2385/users")
    assert body["payload"] == {
        "schema": ["EXTERN_ID", "EMAIL", "FN", "CT", "ZIP", "COUNTRY"],
        "data": [[key, key, _hash("ána"), "", _hash("94105"), _hash("us")]],
    }
    assert body["session"]["last_batch_flag"] is True
    assert body["session"]["estimated_num_total"] == 1
    assert 0 <= body["session"]["session_id"] < 2**63


def test_a_removal_says_the_key_only_and_is_a_delete(meta: Any) -> None:
    request = build_request(SETTINGS, meta.batch("remove", ["ana@example.com"]))
    key = _hash("ana@example.com")
    assert request.method == "DELETE"
    assert json.loads(request.body)["payload"] == {"schema": ["EXTERN_ID", "EMAIL"], "data": [[key, key]]}


def test_somebody_who_was_added_with_several_identifiers_leaves_by_the_key(meta: Any) -> None:
    meta.said("add", {"ana@example.com": {"phone": "+49170"}, "ben@example.com": {"phone": None}})
    meta.said("remove", ["ana@example.com"])
    assert set(meta.fake.held()) == {_hash("ben@example.com")}


def test_each_request_is_a_session_of_its_own_and_the_same_request_the_same_one(meta: Any) -> None:
    meta.said("add", ["ana@example.com"])
    meta.said("add", ["ben@example.com"])
    meta.said("add", ["ana@example.com"])
    first, second, third = (session["session_id"] for session in meta.fake.sessions)
    assert first == third != second


def test_a_phone_can_be_the_key(rig: Callable[..., Any]) -> None:
    meta = rig("meta_audience", {**TABLE, "key": "phone"})
    meta.said("add", ["+49 170 1234567"])
    assert set(meta.fake.held()) == {_hash("491701234567")}
    assert meta.destination.facts.identifiers == {"phone"}


@pytest.mark.parametrize(
    ("received", "invalid", "verdicts"),
    [(2, 0, ["accepted"] * 2), (2, 2, ["rejected"] * 2), (1, 0, ["unknown"] * 2), (3, 0, ["unknown"] * 2)],
)
def test_counts_speak_for_all_or_for_nobody(meta: Any, received: int, invalid: int, verdicts: list[str]) -> None:
    batch = meta.batch("add", ["ana@example.com", "ben@example.com"])
    answer = _response({"num_received": received, "num_invalid_entries": invalid})
    assert [outcome.verdict for outcome in parse_response(SETTINGS, batch, answer)] == verdicts


def test_counts_between_halve_the_batch(meta: Any) -> None:
    batch = meta.batch("add", ["ana@example.com", "ben@example.com"])
    with pytest.raises(BatchRefused, match="1 of 2 entries are invalid"):
        parse_response(SETTINGS, batch, _response({"num_received": 2, "num_invalid_entries": 1}))


def test_somebody_without_an_identifier_is_rejected_beside_the_others(meta: Any) -> None:
    said = meta.said("add", ["ana@example.com", "nobody"])
    assert said["ana@example.com"] == ACCEPTED
    assert (said["nobody"].verdict, said["nobody"].reason) == ("rejected", "every identifier is empty")


@pytest.mark.parametrize("body", [{}, [], {"num_received": "x", "num_invalid_entries": 0}])
def test_an_answer_without_counts_confirms_nothing(meta: Any, body: Any) -> None:
    with pytest.raises(AnswerLost):
        parse_response(SETTINGS, meta.batch("add", ["ana@example.com"]), _response(body))


@pytest.mark.parametrize("code", [4, 17, 613, 80003])
def test_metas_ways_to_say_slow_down_are_rate_limits_although_the_status_is_400(meta: Any, code: int) -> None:
    meta.fake.errors = [(400, code)] * 5
    assert meta.verdicts("add", ["ana@example.com"]) == {"ana@example.com": "accepted"}


@pytest.mark.parametrize(("code", "word"), [(190, "TOKEN"), (200, "TOKEN"), (1713230, "2385")])
def test_what_a_person_has_to_change_is_said(meta: Any, code: int, word: str) -> None:
    meta.fake.errors = [(400, code)]
    answer = meta.send("add", ["ana@example.com"])
    assert answer.stop
    assert word in answer.stop


def test_another_audience_stops_the_run(meta: Any) -> None:
    meta.fake.audience_id = "1"
    assert "audience_id" in meta.send("add", ["ana@example.com"]).stop


def test_a_passing_error_is_tried_again(meta: Any) -> None:
    meta.fake.errors = [(500, 2)]
    assert meta.verdicts("add", ["ana@example.com"]) == {"ana@example.com": "accepted"}


def test_the_fake_takes_no_plain_address() -> None:
    fake = MetaFake()
    assert not fake._is_valid({"EXTERN_ID": "x", "EMAIL": "ana@example.com"})


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _response(body: Any) -> Response:
    return Response(200, json.dumps(body).encode())
