from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from reverse_etl._errors import AnswerLost, StopDelivery
from reverse_etl._records import Onward
from reverse_etl.destinations._contract import Response
from reverse_etl.destinations.customerio import CustomerIoSettings, found, look_up, members, page
from reverse_etl.fakes.customerio import CustomerIoFake

if TYPE_CHECKING:
    from collections.abc import Callable

TABLE = {
    "segment_id": "7",
    "site_id": "a site",
    "app_token_env": "APP",
    "app_url": "{url}",
    "key": "email",
}
SECRETS = {"app_token": "an app token for tests"}
SETTINGS = CustomerIoSettings(**{**TABLE, "app_url": "https://app.example.com"}, token_env="TOKEN")  # noqa: S106
ANA, BEN, CLEO = "ana@example.com", "ben@example.com", "cleo@example.com"


@pytest.fixture
def customerio(rig: Callable[..., Any]) -> Any:
    return rig("customerio", TABLE, secrets=SECRETS)


def test_people_are_looked_up_first_and_then_added_by_their_id(customerio: Any) -> None:
    assert customerio.verdicts("add", [ANA, BEN]) == {ANA: "accepted", BEN: "accepted"}
    (first, _), (second, _) = customerio.serving.seen
    assert (first.method, first.url) == ("POST", "/v1/customers/attributes?id_type=email")
    assert first.json() == {"ids": [ANA, BEN]}
    assert (second.method, second.url) == ("POST", "/api/v1/segments/7/add_customers?id_type=id")
    assert second.json() == {"ids": ["c-1", "c-2"]}


def test_each_api_has_its_own_credential(customerio: Any) -> None:
    customerio.said("add", [ANA])
    (first, _), (second, _) = customerio.serving.seen
    basic = base64.b64encode(b"a site:a token for tests").decode()
    assert first.headers["authorization"] == "Bearer an app token for tests"
    assert second.headers["authorization"] == f"Basic {basic}"


def test_somebody_whom_the_segment_would_ignore_silently_is_rejected(rig: Callable[..., Any]) -> None:
    fake = CustomerIoFake(strangers=frozenset({BEN}), without_id=frozenset({CLEO}))
    customerio = rig("customerio", TABLE, fake, SECRETS)
    said = customerio.said("add", [ANA, BEN, CLEO])
    assert {key: outcome.verdict for key, outcome in said.items()} == {
        ANA: "accepted",
        BEN: "rejected",
        CLEO: "rejected",
    }
    assert "nobody with this key" in (said[BEN].reason or "")
    assert "no id" in (said[CLEO].reason or "")
    assert set(fake.held()) == {ANA}


def test_the_fake_ignores_ids_of_the_wrong_kind_as_the_vendor_does(customerio: Any) -> None:
    customerio.fake._person(ANA)
    request = customerio.destination.add[1].build_request(customerio.batch("add", [ANA], **{ANA: ANA}))
    answer = customerio.sender._send(request)
    assert answer.status == 200
    assert not customerio.fake.held()


def test_a_batch_of_strangers_makes_no_second_request(rig: Callable[..., Any]) -> None:
    customerio = rig("customerio", TABLE, CustomerIoFake(strangers=frozenset({ANA})), SECRETS)
    assert customerio.verdicts("add", [ANA]) == {ANA: "rejected"}
    assert len(customerio.serving.seen) == 1


def test_somebody_who_is_not_there_has_left(rig: Callable[..., Any]) -> None:
    customerio = rig("customerio", TABLE, CustomerIoFake(strangers=frozenset({ANA})), SECRETS)
    assert customerio.verdicts("remove", [ANA]) == {ANA: "accepted"}


def test_whoever_was_added_under_an_id_leaves_under_it_although_the_address_changed(customerio: Any) -> None:
    added = customerio.said("add", [ANA])[ANA]
    assert added.external_id == "c-1"
    customerio.fake.strangers = frozenset({ANA})
    assert customerio.verdicts("remove", [ANA], **{ANA: "c-1"}) == {ANA: "accepted"}
    assert not customerio.fake.held()


def test_addresses_are_compared_without_case(customerio: Any) -> None:
    assert customerio.verdicts("add", ["Ana@Example.com"]) == {"Ana@Example.com": "accepted"}
    body = {"customers": [{"customer": {"id": "1", "attributes": {"email": "Ana@Example.com"}}}]}
    assert found(SETTINGS, customerio.batch("add", [ANA]), _response(body)) == [Onward("1")]


def test_ids_can_be_the_key(rig: Callable[..., Any]) -> None:
    customerio = rig("customerio", {**TABLE, "key": "customer_id"}, secrets=SECRETS)
    assert customerio.verdicts("add", ["one", "two"]) == {"one": "accepted", "two": "accepted"}
    assert set(customerio.read()) == {"one", "two"}
    assert customerio.serving.seen[0][0].query == {"id_type": "id"}


def test_members_come_in_pages() -> None:
    first = page(SETTINGS, None)
    second = page(SETTINGS, "abc=")
    body = {"identifiers": [{"email": ANA, "id": "1"}, {"email": "", "id": "2"}], "next": "abc="}
    held, cursor = members(SETTINGS, _response(body))
    assert first.url == "https://app.example.com/v1/segments/7/membership?limit=10000"
    assert second.url.endswith("&start=abc%3D")
    assert ([one.record_key for one in held], cursor) == ([ANA], "abc=")


@pytest.mark.parametrize("body", [{}, [], {"identifiers": 5}, {"identifiers": ["x"]}])
def test_a_page_that_cannot_be_read_is_not_taken_for_an_empty_one(body: Any) -> None:
    with pytest.raises(AnswerLost):
        members(SETTINGS, _response(body))


@pytest.mark.parametrize("body", [{}, [], {"customers": [{}]}, {"customers": 5}])
def test_an_answer_without_customers_says_nothing(customerio: Any, body: Any) -> None:
    with pytest.raises(AnswerLost):
        found(SETTINGS, customerio.batch("add", [ANA]), _response(body))


@pytest.mark.parametrize(("status", "word"), [(401, "APP"), (404, "segment_id")])
def test_what_a_person_has_to_change_is_said(customerio: Any, status: int, word: str) -> None:
    with pytest.raises(StopDelivery, match=word):
        found(SETTINGS, customerio.batch("add", [ANA]), Response(status))


def test_no_address_stands_in_an_url(customerio: Any) -> None:
    assert ANA not in look_up(SETTINGS, customerio.batch("add", [ANA])).url


def _response(body: Any) -> Response:
    return Response(200, json.dumps(body).encode())
