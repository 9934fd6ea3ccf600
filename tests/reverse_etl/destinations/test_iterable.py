from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from reverse_etl._errors import AnswerLost, StopDelivery
from reverse_etl.destinations._contract import Response
from reverse_etl.destinations.iterable import IterableSettings, build_request, members, parse_response

if TYPE_CHECKING:
    from collections.abc import Callable

TABLE = {"list_id": 7}
SETTINGS = IterableSettings(list_id=7, base_url="https://example.com", token_env="TOKEN")  # noqa: S106 - a name
ANA, BEN = "ana@example.com", "ben@example.com"


@pytest.fixture
def iterable(rig: Callable[..., Any]) -> Any:
    return rig("iterable", TABLE)


def test_a_subscriber_carries_the_fields(iterable: Any) -> None:
    request = build_request(SETTINGS, iterable.batch("add", {ANA: {"city": "Bonn", "tier": None}}))
    assert (request.method, request.url) == ("POST", "https://example.com/api/lists/subscribe")
    assert json.loads(request.body) == {
        "listId": 7,
        "subscribers": [{"email": ANA, "dataFields": {"city": "Bonn", "tier": None}}],
        "updateExistingUsersOnly": False,
    }


def test_leaving_says_explicitly_that_the_channel_stays_and_says_only_the_key(iterable: Any) -> None:
    request = build_request(SETTINGS, iterable.batch("remove", [ANA]))
    assert request.url == "https://example.com/api/lists/unsubscribe"
    assert json.loads(request.body) == {"listId": 7, "subscribers": [{"email": ANA}], "channelUnsubscribe": False}


def test_nobody_is_unsubscribed_or_deleted_by_leaving(iterable: Any) -> None:
    iterable.said("add", {ANA: {"city": "Bonn"}})
    iterable.said("remove", [ANA])
    assert not iterable.fake.unsubscribed
    assert iterable.fake.users == {ANA: {"city": "Bonn"}}


def test_a_null_clears_the_field(iterable: Any) -> None:
    iterable.said("add", {ANA: {"city": "Bonn"}})
    iterable.said("update", {ANA: {"city": None}})
    assert iterable.fake.users == {ANA: {}}


def test_user_ids_can_be_the_key(rig: Callable[..., Any]) -> None:
    iterable = rig("iterable", {**TABLE, "key": "customer_id"})
    assert iterable.verdicts("add", ["c-1"]) == {"c-1": "accepted"}
    assert iterable.serving.seen[0][0].json()["subscribers"] == [
        {"userId": "c-1", "dataFields": {}, "preferUserId": True}
    ]
    assert set(iterable.read()) == {"c-1"}
    assert iterable.serving.seen[-1][0].query == {"listId": "7", "preferUserId": "true"}


def test_those_in_the_fail_lists_are_rejected_with_the_lists_name(iterable: Any) -> None:
    said = iterable.said("add", [ANA, "no address"])
    assert said[ANA].verdict == "accepted"
    assert (said["no address"].verdict, said["no address"].reason) == ("rejected", "Iterable: invalidEmails")


def test_addresses_come_back_in_lower_case_and_are_found(iterable: Any) -> None:
    iterable.fake.refused = frozenset({ANA})
    assert iterable.verdicts("add", ["Ana@Example.com", BEN]) == {"Ana@Example.com": "rejected", BEN: "accepted"}


@pytest.mark.parametrize(("operation", "verdict"), [("add", "rejected"), ("remove", "accepted")])
def test_somebody_who_is_not_found_has_left_but_was_not_added(iterable: Any, operation: str, verdict: str) -> None:
    body = {"successCount": 1, "failCount": 1, "failedUpdates": {"notFoundEmails": [ANA]}}
    said = parse_response(SETTINGS, iterable.batch(operation, [ANA, BEN]), _response(body))
    assert [one.verdict for one in said] == [verdict, "accepted"]


@pytest.mark.parametrize(("success", "failed"), [(1, []), (0, [ANA]), (3, []), (2, [ANA])])
def test_counts_that_do_not_add_up_confirm_nobody(iterable: Any, success: int, failed: list[str]) -> None:
    body = {"successCount": success, "failCount": 2 - success, "invalidEmails": failed}
    said = parse_response(SETTINGS, iterable.batch("add", [ANA, BEN]), _response(body))
    assert said[1].verdict == "unknown"
    assert said[0].verdict == ("rejected" if failed else "unknown")


@pytest.mark.parametrize("body", [{}, [], {"successCount": "2"}])
def test_an_answer_without_a_count_confirms_nothing(iterable: Any, body: Any) -> None:
    with pytest.raises(AnswerLost):
        parse_response(SETTINGS, iterable.batch("add", [ANA]), _response(body))


def test_another_list_or_key_stops_the_run(iterable: Any) -> None:
    iterable.fake.list_id = 8
    assert "list_id" in iterable.send("add", [ANA]).stop
    with pytest.raises(StopDelivery, match="TOKEN"):
        parse_response(SETTINGS, iterable.batch("add", [ANA]), Response(401))


def test_the_list_is_read_as_lines() -> None:
    held, cursor = members(SETTINGS, Response(200, f"{ANA}\r\n\n{BEN}\n".encode()))
    assert ([one.record_key for one in held], cursor) == ([ANA, BEN], None)


def _response(body: Any) -> Response:
    return Response(200, json.dumps(body).encode())
