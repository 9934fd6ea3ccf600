from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from reverse_etl._errors import AnswerLost, StopDelivery
from reverse_etl._records import Record
from reverse_etl.destinations import tencent_audience
from reverse_etl.destinations._contract import Request, Response
from reverse_etl.destinations._hashing import UnsayableError
from reverse_etl.destinations.tencent_audience import (
    TencentSettings,
    authorise,
    build_request,
    mobile_hash,
    parse_response,
    read_answer,
)
from reverse_etl.fakes.tencent_audience import TencentFake

if TYPE_CHECKING:
    from collections.abc import Callable

TABLE = {"account_id": "5000", "audience_id": "6000"}
SETTINGS = TencentSettings(**TABLE, base_url="https://example.com", token_env="TOKEN")  # noqa: S106 - a name
ANA, BEN = "+8613800138000", "+8613800138001"
KNOWN = "7945bd83237335e5376ff44d62e4f0ae"  # printf 13800138000 | md5sum


@pytest.fixture
def tencent(rig: Callable[..., Any]) -> Any:
    return rig("tencent_audience", TABLE)


@pytest.mark.parametrize("key", [ANA, "13800138000", "008613800138000", "+86 138-0013-8000", KNOWN, KNOWN.upper()])
def test_a_number_of_mainland_china_is_the_md5_of_its_eleven_digits(key: str) -> None:
    assert mobile_hash(_record(key)) == KNOWN


@pytest.mark.parametrize(
    ("key", "reason"),
    [("", "every identifier is empty"), ("+491701234567", "no mobile number"), ("12800138000", "no mobile number")],
)
def test_another_number_cannot_be_told(key: str, reason: str) -> None:
    with pytest.raises(UnsayableError, match=reason):
        mobile_hash(_record(key))


@pytest.mark.parametrize(("operation", "kind"), [("add", b"APPEND"), ("update", b"APPEND"), ("remove", b"REDUCE")])
def test_a_batch_is_a_file_in_a_form(tencent: Any, operation: str, kind: bytes) -> None:
    request = build_request(SETTINGS, tencent.batch(operation, [ANA, "13800138001"]))
    boundary = request.headers["Content-Type"].removeprefix("multipart/form-data; boundary=")
    second = hashlib.md5(b"13800138001", usedforsecurity=False).hexdigest()
    assert request.url == "https://example.com/v1.3/custom_audience_files/add"
    assert request.body.count(boundary.encode()) == 6
    assert b'name="operation_type"\r\n\r\n' + kind + b"\r\n" in request.body
    assert b'name="account_id"\r\n\r\n5000\r\n' in request.body
    assert f"Content-Type: text/plain\r\n\r\n{KNOWN}\n{second}\r\n--".encode() in request.body


def test_the_query_carries_token_time_and_a_nonce_of_its_own() -> None:
    at = datetime(2026, 7, 2, 6, 0, tzinfo=UTC)
    request = Request("GET", "https://example.com/get?x=1", b"")
    query = parse_qs(urlsplit(authorise("secret", request, at).url).query)
    later = parse_qs(urlsplit(authorise("secret", request, at.replace(microsecond=1)).url).query)
    assert query["x"] == ["1"]
    assert query["access_token"] == ["secret"]
    assert query["timestamp"] == [str(int(at.timestamp()))]
    assert len(query["nonce"][0]) == 32
    assert query["nonce"] != later["nonce"]


def test_records_wait_for_the_file_and_nothing_holds_before(tencent: Any) -> None:
    answer = tencent.send("add", [ANA])
    assert [(one.verdict, one.reason) for one in answer.outcomes] == [("pending", "10000")]
    assert not tencent.fake.held()


def test_a_file_that_never_ends_stays_pending_and_one_that_failed_is_sent_again(rig: Callable[..., Any]) -> None:
    never = rig("tencent_audience", TABLE, TencentFake(job_polls=None))
    failed = rig("tencent_audience", TABLE, TencentFake(fails=True))
    assert never.verdicts("add", [ANA]) == {ANA: "pending"}
    assert failed.verdicts("add", [ANA]) == {ANA: "retryable"}


def test_counts_of_valid_lines_do_not_say_whose_they_are(rig: Callable[..., Any]) -> None:
    tencent = rig("tencent_audience", TABLE, TencentFake(refused=frozenset({KNOWN})))
    said = tencent.said("add", [ANA, BEN])
    assert {outcome.verdict for outcome in said.values()} == {"unknown"}
    assert said[ANA].reason == "Tencent took 1 of 2 lines and does not say which"


def test_somebody_abroad_is_rejected_beside_the_others(tencent: Any) -> None:
    assert tencent.verdicts("add", [ANA, "+491701234567"]) == {ANA: "accepted", "+491701234567": "rejected"}


@pytest.mark.parametrize("body", [{}, [], {"code": "0"}, {"code": 0, "data": {}}])
def test_an_answer_that_names_no_file_confirms_nothing(tencent: Any, body: Any) -> None:
    with pytest.raises(AnswerLost):
        parse_response(SETTINGS, tencent.batch("add", [ANA]), _response(body))


def test_a_code_other_than_0_stops_the_run_and_is_shown(tencent: Any) -> None:
    with pytest.raises(StopDelivery, match="11000"):
        parse_response(SETTINGS, tencent.batch("add", [ANA]), _response({"code": 11000, "message": "expired"}))
    with pytest.raises(StopDelivery) as stop:
        parse_response(SETTINGS, tencent.batch("add", [ANA]), _response({"code": 1, "message": f"{ANA} {KNOWN}"}))
    assert ANA not in str(stop.value)
    assert KNOWN not in str(stop.value)


OTHER = {"custom_audience_file_id": 2, "process_status": "SUCCESSFUL", "line_count": 1, "valid_line_count": 1}


@pytest.mark.parametrize("status", [{}, {"process_status": "?"}, OTHER])
def test_a_file_whose_status_is_not_said_confirms_nothing(tencent: Any, status: dict[str, Any]) -> None:
    batch = replace(tencent.batch("add", [ANA]), job="1")
    body = {"code": 0, "data": {"list": [{"custom_audience_file_id": 1, **status}]}}
    assert [one.verdict for one in read_answer(SETTINGS, batch, _response(body))] == ["unknown"]


def test_the_docstring_says_that_no_specification_was_read() -> None:
    assert "No public specification was read" in (tencent_audience.__doc__ or "")


def _record(key: str) -> Record:
    return Record("add", key, None, "permission", "{}", "hash")


def _response(body: Any) -> Response:
    return Response(200, json.dumps(body).encode())
