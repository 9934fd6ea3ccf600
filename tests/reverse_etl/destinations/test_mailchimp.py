"""A Mailchimp list and its static segments."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from reverse_etl._errors import RateLimited, StopDelivery
from reverse_etl._records import ACCEPTED, Batch, Onward, Outcome, Record, Run
from reverse_etl.destinations import KINDS
from reverse_etl.destinations._contract import Configured, Response, Secret
from reverse_etl.destinations._mailchimp import at_data_centre, build_members, ensure, parse_members, parse_removal
from reverse_etl.destinations.mailchimp_list import MailchimpListSettings
from reverse_etl.destinations.mailchimp_segment import MailchimpSegmentSettings, parse_joining, parse_listed
from reverse_etl.fakes.mailchimp import MailchimpList
from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Callable

RUN = Run("run-1", "a_sync", "a_destination", "build-1")
FIELD = {"list_id": "f00dfeed42", "audience_field": "inaudience"}
TAG = {"list_id": "f00dfeed42", "audience_tag": "cart abandoners", "audience_tag_id": 4242}
SEGMENT = {"list_id": "f00dfeed42", "segment_id": 4242}
SETTINGS = MailchimpListSettings(token_env="TOKEN", **FIELD)  # noqa: S106 - a variable's name
SEGMENT_SETTINGS = MailchimpSegmentSettings(token_env="TOKEN", **SEGMENT)  # noqa: S106 - a variable's name
ANA, BEN, CEM, DAN = (f"{name}@example.com" for name in ("ana", "ben", "cem", "dan"))
NOT_SAID = Outcome("unknown", "the destination did not say what became of this record")


def test_members_have_a_status_if_new_and_never_a_status() -> None:
    fields = '{"fname": "O\'Brien", "spent": 12.30, "vip": true, "city": null, "language": "de", "email": "x@y.org"}'
    record = Record("add", ANA, "c", "p", fields, "h")
    request = build_members(SETTINGS, {"merge_fields": {"INAUDIENCE": "yes"}}, Batch(RUN, (record,)))
    assert (request.method, request.url) == ("POST", "https://dc.api.mailchimp.com/3.0/lists/f00dfeed42")
    assert json.loads(request.body) == {
        "members": [
            {
                "email_address": ANA,
                "status_if_new": "subscribed",
                "language": "de",
                "merge_fields": {"FNAME": "O'Brien", "SPENT": 12.3, "VIP": "true", "CITY": "", "INAUDIENCE": "yes"},
            }
        ],
        "update_existing": True,
        "sync_tags": False,
    }


def test_200_is_read_member_by_member() -> None:
    body = {
        "new_members": [{"email_address": ANA.upper(), "id": "1"}],
        "updated_members": [{"email_address": BEN, "id": "2", "tags": [{"id": 4242}]}],
        "errors": [{"email_address": CEM, "error": "looks fake"}],
    }
    said = [outcome for outcome, _tags in parse_members(SETTINGS, _batch("add", ANA, BEN, CEM, DAN), _json(200, body))]
    assert said == [
        Outcome("accepted", None, "1"),
        Outcome("accepted", None, "2"),
        Outcome("rejected", "looks fake"),
        NOT_SAID,
    ]
    onward = parse_listed(SEGMENT_SETTINGS, _batch("add", ANA, BEN, CEM, DAN), _json(200, body))
    assert onward == [Onward("1"), Outcome("accepted", None, "2"), Outcome("rejected", "looks fake"), NOT_SAID]


def test_an_address_that_a_segment_ignores_was_not_taken() -> None:
    body = {"members_added": [{"email_address": ANA}], "errors": [{"email_addresses": [BEN], "error": "no"}]}
    said = parse_joining(SEGMENT_SETTINGS, _batch("add", ANA, BEN, CEM), _json(200, body))
    assert [outcome.verdict for outcome in said] == ["accepted", "rejected", "retryable"]


def test_an_address_that_was_not_in_the_segment_has_left_it() -> None:
    body = {"members_removed": [], "errors": [{"email_addresses": [BEN], "error": "no"}]}
    said = parse_removal(SEGMENT_SETTINGS, "", _batch("remove", ANA, BEN), _json(200, body))
    assert said == [ACCEPTED, Outcome("rejected", "no")]


def test_403_without_a_body_is_a_rate_limit_and_with_one_a_wrong_key() -> None:
    with pytest.raises(RateLimited):
        ensure(SETTINGS, Response(403, b" "))
    with pytest.raises(StopDelivery):
        ensure(SETTINGS, Response(403, b'{"title": "Forbidden"}'))


def test_the_key_says_the_data_centre_and_is_a_password() -> None:
    configured = Configured("m", KINDS["mailchimp_list"], SETTINGS, {"token": Secret("0123-us6")})
    assert at_data_centre(configured).settings.base_url == "https://us6.api.mailchimp.com/3.0"
    destination = KINDS["mailchimp_list"].open(configured, RUN, None)  # type: ignore[arg-type]
    request = destination.add[0].build_request(_batch("add", ANA))
    header = destination.authorise(request, None).headers["Authorization"]  # type: ignore[arg-type]
    assert base64.b64decode(header.removeprefix("Basic ")).decode() == "kindred:0123-us6"
    assert request.url.startswith("https://us6.")


@pytest.mark.parametrize("key", ["0123", "0123-", "secret-part", "-us6 "])
def test_a_key_without_a_data_centre_is_never_part_of_an_address(key: str) -> None:
    configured = Configured("m", KINDS["mailchimp_list"], SETTINGS, {"token": Secret(key)})
    with pytest.raises(KindredError, match="TOKEN must hold") as error:
        at_data_centre(configured)
    assert key not in str(error.value)


def test_ten_connections_are_the_most() -> None:
    configured = Configured("m", KINDS["mailchimp_list"], SETTINGS, {"token": Secret("0123-us6")})
    assert KINDS["mailchimp_list"].open(configured, RUN, None).facts.connections == 10  # type: ignore[arg-type]


def test_too_many_connections_are_waited_out(rig: Callable[..., Any]) -> None:
    one = rig("mailchimp_list", FIELD, MailchimpList(blocked=4))
    assert one.verdicts("add", [ANA]) == {ANA: "accepted"}


def test_somebody_who_unsubscribed_stays_so(rig: Callable[..., Any]) -> None:
    one = rig("mailchimp_list", FIELD)
    one.fake.put(ANA, status="unsubscribed")
    assert one.verdicts("add", [ANA, BEN]) == {ANA: "accepted", BEN: "accepted"}
    assert [member["status"] for member in one.fake.members.values()] == ["unsubscribed", "subscribed"]


@pytest.mark.parametrize("status", ["pending", "transactional"])
def test_new_members_get_the_status_that_was_set(rig: Callable[..., Any], status: str) -> None:
    one = rig("mailchimp_segment", {**SEGMENT, "status_if_new": status})
    one.said("add", [ANA])
    assert [member["status"] for member in one.fake.members.values()] == [status]


def test_an_update_clears_what_is_null_and_keeps_the_rest(rig: Callable[..., Any]) -> None:
    one = rig("mailchimp_list", FIELD)
    one.said("add", {ANA: {"city": "Bonn", "plan": "free", "score": 1}})
    one.said("update", {ANA: {"city": None, "score": 2}})
    assert one.fake.held() == {ANA: {"city": "", "plan": "free", "score": 2}}


@pytest.mark.parametrize(
    ("kind", "table", "fake"),
    [
        ("mailchimp_list", FIELD, {}),
        ("mailchimp_list", TAG, {"audience_field": ""}),
        ("mailchimp_segment", SEGMENT, {}),
    ],
)
def test_leaving_keeps_the_member_subscribed_and_other_tags(
    rig: Callable[..., Any], kind: str, table: dict[str, Any], fake: dict[str, Any]
) -> None:
    one = rig(kind, table)
    vars(one.fake).update(fake, segments={4242: "cart abandoners", 7: "vip"})
    one.fake.put(ANA, tags=["vip"])
    one.said("add", [ANA, BEN])
    assert set(one.fake.held()) == {ANA, BEN} == set(one.read())
    assert one.verdicts("remove", [ANA, CEM]) == {ANA: "accepted", CEM: "accepted"}
    assert set(one.fake.held()) == {BEN} == set(one.read())
    ana = next(member for member in one.fake.members.values() if member["email_address"] == ANA)
    assert (ana["status"], [tag["name"] for tag in ana["tags"]], len(one.fake.members)) == ("subscribed", ["vip"], 2)


def test_leaving_by_a_field_is_one_patch_for_each_and_makes_no_member(rig: Callable[..., Any]) -> None:
    one = rig("mailchimp_list", FIELD)
    one.said("add", [ANA, BEN])
    assert one.verdicts("remove", [ANA, BEN, CEM]) == {ANA: "accepted", BEN: "accepted", CEM: "accepted"}
    assert len(one.fake.members) == 2
    assert [call.method for call, _reply in one.serving.seen] == ["POST", "PATCH", "PATCH", "PATCH", "GET"]


@pytest.mark.parametrize("operation", ["add", "remove"])
@pytest.mark.parametrize(
    ("kind", "table"), [("mailchimp_list", FIELD), ("mailchimp_list", TAG), ("mailchimp_segment", SEGMENT)]
)
def test_a_list_that_is_not_there_ends_the_run(
    rig: Callable[..., Any], kind: str, table: dict[str, Any], operation: str
) -> None:
    answer = rig(kind, {**table, "list_id": "nowhere"}).send(operation, [ANA])
    assert "Mailchimp has no list nowhere" in answer.stop


def test_who_is_in_the_segment_already_is_not_asked_about_again(rig: Callable[..., Any]) -> None:
    one = rig("mailchimp_segment", SEGMENT)
    one.said("add", [ANA, BEN])
    one.serving.seen.clear()
    assert one.verdicts("update", {ANA: {"city": "Bonn"}, CEM: {}}) == {ANA: "accepted", CEM: "accepted"}
    joining = [call.json()["members_to_add"] for call, _reply in one.serving.seen if "/segments/" in call.path]
    assert joining == [[CEM]]


def test_whom_the_list_refuses_is_not_put_into_the_segment(rig: Callable[..., Any]) -> None:
    one = rig("mailchimp_segment", SEGMENT)
    said = one.said("add", [ANA, "no address"])
    assert {key: outcome.verdict for key, outcome in said.items()} == {ANA: "accepted", "no address": "rejected"}
    assert "looks fake or invalid" in said["no address"].reason
    assert set(one.fake.held()) == {ANA}


def test_pages_are_read_to_the_end(rig: Callable[..., Any]) -> None:
    one = rig("mailchimp_segment", SEGMENT, columns=("city", "language", "email"))
    people = {f"person{number}@example.com": {"city": "Bonn"} for number in range(1500)}
    one.fake.hold(people)
    assert one.read() == {key: {"city": "Bonn", "language": None, "email": key} for key in people}


def test_a_payload_may_not_write_the_field_of_the_audience(rig: Callable[..., Any]) -> None:
    with pytest.raises(KindredError, match="payload column"):
        rig("mailchimp_list", FIELD, columns=("InAudience",))


def _batch(operation: Any, *keys: str) -> Batch:
    return Batch(RUN, tuple(Record(operation, key, "c", "p", "{}", "h") for key in keys))


def _json(status: int, body: object) -> Response:
    return Response(status, json.dumps(body).encode())
