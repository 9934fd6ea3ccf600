from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from reverse_etl._errors import BatchRefused, RateLimited, StopDelivery
from reverse_etl.destinations._contract import Response
from reverse_etl.destinations.braze import BrazeSettings, build_request, parse_response

if TYPE_CHECKING:
    from collections.abc import Callable

TABLE = {"attribute": "in_audience"}
SETTINGS = BrazeSettings(**TABLE, base_url="https://example.com", token_env="TOKEN")  # noqa: S106 - a name


@pytest.fixture
def braze(rig: Callable[..., Any]) -> Any:
    return rig("braze", TABLE)


def test_an_addition_carries_the_fields_and_the_attribute(braze: Any) -> None:
    request = build_request(SETTINGS, braze.batch("add", {"c-1": {"city": "Bonn", "spent": 12.5, "tier": None}}))
    assert (request.method, request.url) == ("POST", "https://example.com/users/track")
    assert json.loads(request.body) == {
        "attributes": [
            {
                "city": "Bonn",
                "spent": 12.5,
                "tier": None,
                "external_id": "c-1",
                "_update_existing_only": False,
                "in_audience": True,
            }
        ]
    }


def test_leaving_sets_the_attribute_to_false_for_people_who_are_there_and_nothing_else(braze: Any) -> None:
    request = build_request(SETTINGS, braze.batch("remove", ["c-1"]))
    assert json.loads(request.body) == {
        "attributes": [{"external_id": "c-1", "_update_existing_only": True, "in_audience": False}]
    }


def test_leaving_makes_nobody_and_deletes_nobody(braze: Any) -> None:
    braze.said("add", {"c-1": {"city": "Bonn"}})
    braze.said("remove", ["c-1", "c-2"])
    assert braze.fake.users == {"c-1": {"city": "Bonn", "in_audience": False}}


def test_a_null_clears_the_attribute(braze: Any) -> None:
    braze.said("add", {"c-1": {"city": "Bonn"}})
    braze.said("update", {"c-1": {"city": None}})
    assert braze.fake.users == {"c-1": {"in_audience": True}}


@pytest.mark.parametrize(("key", "name"), [("email", "email"), ("phone", "phone"), ("user_id", "external_id")])
def test_the_key_goes_out_under_its_own_name(braze: Any, key: str, name: str) -> None:
    settings = BrazeSettings(**TABLE, base_url="https://example.com", token_env="TOKEN", key=key)  # noqa: S106
    body = json.loads(build_request(settings, braze.batch("add", ["x"])).body)
    assert body["attributes"][0][name] == "x"


def test_errors_in_a_2xx_are_those_of_their_place(braze: Any) -> None:
    errors = [{"type": "no such user", "input_array": "attributes", "index": 1}]
    said = _said(braze, {"message": "success", "attributes_processed": 2, "errors": errors})
    assert [(one.verdict, one.reason) for one in said] == [
        ("accepted", None),
        ("rejected", "no such user"),
        ("accepted", None),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"message": "success"},
        {"message": "success", "attributes_processed": 2},
        {"message": "success", "attributes_processed": 2, "errors": ["one of them is wrong"]},
        {
            "message": "success",
            "attributes_processed": 2,
            "errors": [{"type": "x", "input_array": "events", "index": 1}],
        },
    ],
)
def test_counts_that_do_not_add_up_confirm_nobody(braze: Any, body: dict[str, Any]) -> None:
    assert {one.verdict for one in _said(braze, body)} == {"unknown"}


def test_another_message_than_success_is_a_refusal(braze: Any) -> None:
    with pytest.raises(BatchRefused, match="blacklisted"):
        _said(braze, {"message": "Provided external_id is blacklisted"})


def test_braze_says_when_it_counts_anew() -> None:
    reset = int(datetime.now(UTC).timestamp()) + 30
    with pytest.raises(RateLimited) as limited:
        parse_response(SETTINGS, None, Response(429, b"", {"x-ratelimit-reset": str(reset)}))  # type: ignore[arg-type]
    assert limited.value.wait_seconds == pytest.approx(30, abs=2)


@pytest.mark.parametrize(("status", "word"), [(401, "base_url"), (403, "users.track")])
def test_what_a_person_has_to_change_is_said(braze: Any, status: int, word: str) -> None:
    with pytest.raises(StopDelivery, match=word):
        parse_response(SETTINGS, braze.batch("add", ["c-1"]), Response(status))


def _said(braze: Any, body: Any) -> list[Any]:
    batch = braze.batch("add", ["c-1", "c-2", "c-3"])
    return parse_response(SETTINGS, batch, Response(201, json.dumps(body).encode()))
