"""Requests and answers without a socket, and the receiver's own checks."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import httpx
import pytest

from reverse_etl._errors import AnswerLost, BatchRefused, RateLimited, RetryLater, StopDelivery
from reverse_etl._records import Batch, Outcome, Record, Run
from reverse_etl._redact import redact, scrub
from reverse_etl.destinations._contract import Response, Secret
from reverse_etl.destinations._http import retry_after
from reverse_etl.destinations.webhook import build_request, parse_response, sign
from reverse_etl.receiver import Fault

if TYPE_CHECKING:
    from reverse_etl.receiver import Receiver
    from tests.reverse_etl.conftest import World

RUN = Run("run-1", "a_sync", "a_webhook", "build-1")


def test_a_request_says_what_to_do_with_each_record() -> None:
    request = build_request("https://example.com/in", _batch("ana"))
    assert json.loads(request.body) == [
        {"operation": "add", "key": "ana@example.com", "payload": {"city": "Bonn", "spent": 12.30}},
    ]
    assert b'{"city": "Bonn", "spent": 12.30}' in request.body
    assert (request.method, request.url, request.headers["Kindred-Sync"]) == (
        "POST",
        "https://example.com/in",
        "a_sync",
    )


def test_the_same_batch_has_the_same_idempotency_key_and_another_run_another_one() -> None:
    later = Batch(Run("run-2", "a_sync", "a_webhook", "build-1"), _batch("ana").records)
    batches = (_batch("ana"), _batch("ana"), _batch("ben"), later)
    keys = [build_request("https://example.com", batch).headers["Idempotency-Key"] for batch in batches]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


def test_a_signature_is_that_of_timestamp_and_body() -> None:
    # printf '1767225600.[]' | openssl dgst -sha256 -hmac key
    expected = "v1=9e8d881983b035e2d61498b4dd251d01abbb18bd0ca34103a9be44f0b4615bb8"
    assert sign(Secret("key"), "1767225600", b"[]") == expected


def test_an_answer_of_207_is_read_record_by_record() -> None:
    said = [{"key": "ben@example.com", "outcome": "rejected", "reason": "no"}, {"key": "?", "outcome": "x"}]
    body = {"outcomes": said}
    assert parse_response(_batch("ana", "ben"), _response(207, body)) == [
        Outcome("unknown", "the destination did not say what became of this record"),
        Outcome("rejected", "no"),
    ]


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"outcomes": 5}', b'{"outcomes": [{"key": "a"}]}', b"\xff"])
def test_a_207_that_cannot_be_read_confirms_nothing(body: bytes) -> None:
    with pytest.raises(AnswerLost):
        parse_response(_batch("ana"), Response(207, body))


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (301, StopDelivery),
        (400, BatchRefused),
        (401, StopDelivery),
        (403, StopDelivery),
        (404, StopDelivery),
        (409, BatchRefused),
        (413, BatchRefused),
        (422, BatchRefused),
        (429, RateLimited),
        (500, AnswerLost),
        (502, AnswerLost),
        (503, RetryLater),
        (504, AnswerLost),
    ],
)
def test_a_status_says_what_to_do(status: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        parse_response(_batch("ana"), Response(status))


def test_retry_after_is_read_as_seconds_or_as_a_date() -> None:
    assert retry_after(Response(429, headers={"retry-after": "7"})) == 7
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert 25 < (retry_after(Response(429, headers={"retry-after": soon})) or 0) <= 30
    past = format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True)
    assert retry_after(Response(429, headers={"retry-after": past})) == 0
    assert retry_after(Response(429, headers={"retry-after": "soon"})) is None
    assert retry_after(Response(429)) is None


def test_reasons_lose_the_personal_data_that_they_quote() -> None:
    said = scrub("ana@example.com is bad, as are eve@example.org and +49 170 1234567", ("ana@example.com",))
    assert said == f"{redact('ana@example.com')} is bad, as are <email> and <number>"


def test_the_receiver_takes_nothing_that_is_not_signed_or_signed_long_ago(world: World, receiver: Receiver) -> None:
    body = build_request("", _batch("ana")).body
    now = int(datetime.now(UTC).timestamp())
    for secret, timestamp in ((Secret("wrong"), now), (Secret("a secret for tests"), now - 400)):
        headers = {"Kindred-Timestamp": str(timestamp), "Kindred-Signature": sign(secret, str(timestamp), body)}
        with httpx.Client(trust_env=False) as client:
            assert client.post(receiver.url, content=body, headers=headers).status_code == 401
    assert receiver.held("") == {}
    assert world.environment


def test_the_receiver_carries_out_one_request_once(receiver: Receiver) -> None:
    answers = _post_twice(receiver, "ana")
    assert answers[0].content == answers[1].content
    assert receiver.fake.store.taken("a_sync") == [("add", "ana@example.com")]
    assert [one.replayed for one in receiver.received] == [False, True]


def test_the_receiver_repeats_an_answer_about_a_part_too(receiver: Receiver) -> None:
    receiver.fail(Fault("partial"), Fault("partial"))
    answers = _post_twice(receiver, "ana", "ben")
    assert [answer.status_code for answer in answers] == [207, 207]
    assert answers[0].content == answers[1].content
    assert receiver.fake.store.taken("a_sync") == [("add", "ben@example.com")]


def _post_twice(receiver: Receiver, *names: str) -> list[httpx.Response]:
    request = build_request(receiver.url, _batch(*names))
    timestamp = str(int(datetime.now(UTC).timestamp()))
    signature = sign(Secret("a secret for tests"), timestamp, request.body)
    headers = {**request.headers, "Kindred-Timestamp": timestamp, "Kindred-Signature": signature}
    with httpx.Client(trust_env=False) as client:
        return [client.post(receiver.url, content=request.body, headers=headers) for _ in range(2)]


def _batch(*names: str) -> Batch:
    payload = '{"city": "Bonn", "spent": 12.30}'
    return Batch(RUN, tuple(Record("add", f"{name}@example.com", name, "consent", payload, "hash") for name in names))


def _response(status: int, body: object) -> Response:
    return Response(status, json.dumps(body).encode())
