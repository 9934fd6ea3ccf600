from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from reverse_etl._errors import AnswerLost, BatchRefused, RateLimited, StopDelivery
from reverse_etl.destinations._contract import Response
from reverse_etl.destinations.tiktok_audience import TikTokSettings, build_request, parse_response

if TYPE_CHECKING:
    from collections.abc import Callable

TABLE = {"advertiser_id": "7000", "audience_id": "9000"}
SETTINGS = TikTokSettings(**TABLE, base_url="https://example.com", token_env="TOKEN")  # noqa: S106 - a name


@pytest.fixture
def tiktok(rig: Callable[..., Any]) -> Any:
    return rig("tiktok_audience", TABLE)


@pytest.mark.parametrize(("operation", "action"), [("add", "add"), ("update", "add"), ("remove", "delete")])
def test_a_mapping_holds_the_hashed_key_and_nothing_else(tiktok: Any, operation: str, action: str) -> None:
    request = build_request(SETTINGS, tiktok.batch(operation, {"Ana@Example.com": {"phone": "+49170"}}))
    assert (request.method, request.url) == ("POST", "https://example.com/open_api/v1.3/segment/mapping/")
    assert json.loads(request.body) == {
        "advertiser_ids": ["7000"],
        "action": action,
        "id_schema": ["EMAIL_SHA256"],
        "batch_data": [[{"id": _hash("ana@example.com"), "audience_ids": ["9000"]}]],
    }


def test_a_phone_can_be_the_key(rig: Callable[..., Any]) -> None:
    tiktok = rig("tiktok_audience", {**TABLE, "key": "phone"})
    tiktok.said("add", ["+86 138 0013 8000"])
    assert set(tiktok.fake.held()) == {_hash("+8613800138000")}
    body = tiktok.serving.seen[0][0].json()
    assert body["id_schema"] == ["PHONE_SHA256"]


@pytest.mark.parametrize(
    ("code", "message", "error"),
    [
        (40100, "too frequent", RateLimited),
        (40105, "token", StopDelivery),
        (40001, "no permission", StopDelivery),
        (40007, "no such object", StopDelivery),
        (40002, "Parameter error: invalid audience ID", StopDelivery),
        (40002, "Parameter error: invalid id", BatchRefused),
        (50000, "system error", AnswerLost),
        ("0", "OK", AnswerLost),
        (None, None, AnswerLost),
    ],
)
def test_the_code_inside_a_200_says_what_to_do(tiktok: Any, code: Any, message: str, error: type[Exception]) -> None:
    batch = tiktok.batch("add", ["ana@example.com"])
    with pytest.raises(error):
        parse_response(SETTINGS, batch, _response({"code": code, "message": message}))


def test_a_200_that_is_no_object_confirms_nothing(tiktok: Any) -> None:
    with pytest.raises(AnswerLost):
        parse_response(SETTINGS, tiktok.batch("add", ["ana@example.com"]), _response([]))


def test_a_rate_limit_inside_a_200_is_waited_out(tiktok: Any) -> None:
    tiktok.fake.codes = [40100] * 5
    assert tiktok.verdicts("add", ["ana@example.com"]) == {"ana@example.com": "accepted"}


def test_one_entry_that_tiktok_does_not_take_is_found_by_halving(tiktok: Any) -> None:
    tiktok.fake.refused = frozenset({_hash("ben@example.com")})
    said = tiktok.said("add", ["ana@example.com", "ben@example.com", "cleo@example.com"])
    assert {key: outcome.verdict for key, outcome in said.items()} == {
        "ana@example.com": "accepted",
        "ben@example.com": "rejected",
        "cleo@example.com": "accepted",
    }
    assert "40002" in (said["ben@example.com"].reason or "")


def test_another_audience_or_advertiser_stops_the_run(tiktok: Any) -> None:
    tiktok.fake.audience_id = "1"
    assert "audience_id" in tiktok.send("add", ["ana@example.com"]).stop
    tiktok.fake.advertiser_id = "1"
    assert "advertiser_id" in tiktok.send("add", ["ana@example.com"]).stop


def test_a_full_batch_stays_below_a_megabyte(tiktok: Any) -> None:
    batch = tiktok.batch("add", [f"person{number}@example.com" for number in range(1_000)])
    assert len(build_request(SETTINGS, batch).body) < tiktok.destination.facts.max_bytes == 1_000_000


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _response(body: Any) -> Response:
    return Response(200, json.dumps(body).encode())
