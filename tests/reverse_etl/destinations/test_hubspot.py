"""HubSpot contacts and lists."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from reverse_etl._errors import AnswerLost, StopDelivery
from reverse_etl._records import ACCEPTED, Batch, Onward, Outcome, Record, Run
from reverse_etl.destinations._contract import Response
from reverse_etl.destinations._hubspot import build_upsert, parse_lookup, parse_write
from reverse_etl.destinations.hubspot_contacts import HubSpotContactsSettings, build_leave, parse_leave
from reverse_etl.destinations.hubspot_list import HubSpotListSettings, build_membership, parse_membership
from reverse_etl.fakes._faults import Fault
from reverse_etl.fakes.hubspot import HubSpotContacts, HubSpotList
from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Callable

RUN = Run("run-1", "a_sync", "a_destination", "build-1")
CONTACTS = {"audience_property": "in_audience"}
LIST = {"list_id": "77"}
SETTINGS = HubSpotContactsSettings(token_env="TOKEN", audience_property="in_audience")  # noqa: S106 - a variable's name
LIST_SETTINGS = HubSpotListSettings(token_env="TOKEN", list_id="77")  # noqa: S106 - a variable's name
ANA, BEN, CEM, DAN = (f"{name}@example.com" for name in ("ana", "ben", "cem", "dan"))
NOT_SAID = Outcome("unknown", "the destination did not say what became of this record")


def test_an_upsert_names_each_contact_by_its_key_and_its_place_and_writes_text() -> None:
    fields = '{"firstname": "O\'Brien", "spent": 12.30, "orders": 3, "vip": true, "city": null}'
    batch = Batch(RUN, (Record("add", ANA, "c", "p", fields, "h"), Record("update", BEN, "c", "p", "{}", "h")))
    request = build_upsert(SETTINGS, {"in_audience": "true"}, batch)
    assert (request.method, request.url) == ("POST", "https://api.hubapi.com/crm/v3/objects/contacts/batch/upsert")
    first, second = json.loads(request.body)["inputs"]
    assert first == {
        "id": ANA,
        "idProperty": "email",
        "objectWriteTraceId": "0",
        "properties": {
            "firstname": "O'Brien",
            "spent": "12.30",
            "orders": "3",
            "vip": "true",
            "city": "",
            "in_audience": "true",
        },
    }
    assert (second["objectWriteTraceId"], second["properties"]) == ("1", {"in_audience": "true"})


def test_an_answer_is_read_by_trace_and_what_it_does_not_name_is_unknown() -> None:
    body = {
        "results": [{"id": "9", "objectWriteTraceId": "2"}],
        "numErrors": 1,
        "errors": [{"category": "VALIDATION_ERROR", "message": "bad", "context": {"objectWriteTraceId": ["0"]}}],
    }
    assert parse_write(_removal(ANA, BEN, CEM), _json(207, body)) == [
        Outcome("rejected", "bad"),
        NOT_SAID,
        Outcome("accepted", None, "9"),
    ]


def test_a_body_without_inputs_confirms_nobody() -> None:
    assert parse_write(_removal(ANA), _json(200, {"results": []})) == [NOT_SAID]


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"\xff"])
def test_an_answer_that_cannot_be_read_confirms_nothing(body: bytes) -> None:
    with pytest.raises(AnswerLost):
        parse_write(_removal(ANA), Response(200, body))


def test_leaving_is_an_update_by_record_id_and_a_contact_that_is_gone_has_left() -> None:
    batch = _removal(ANA, BEN, ids={ANA: "1", BEN: "2"})
    request = build_leave(SETTINGS, batch)
    assert request.url.endswith("/crm/v3/objects/contacts/batch/update")
    sent = json.loads(request.body)["inputs"]
    assert sent[0] == {"id": "1", "objectWriteTraceId": "0", "properties": {"in_audience": "false"}}
    gone = {"category": "OBJECT_NOT_FOUND", "message": "gone", "context": {"ids": ["1"]}}
    assert parse_leave(batch, _json(207, {"results": [], "errors": [gone]})) == [ACCEPTED, NOT_SAID]


def test_a_look_up_tells_found_from_absent_from_not_said() -> None:
    absent = {"category": "OBJECT_NOT_FOUND", "message": "", "context": {"ids": [BEN]}}
    body = {"results": [{"id": "9", "properties": {"email": ANA}}], "errors": [absent]}
    batch = _removal(ANA.upper(), BEN, CEM, DAN, ids={DAN: "4"})
    assert parse_lookup(SETTINGS, batch, _json(207, body)) == [Onward("9"), ACCEPTED, NOT_SAID, Onward()]


def test_both_keys_of_a_change_of_members_are_always_there() -> None:
    removal = _removal(ANA, ids={ANA: "1"})
    addition = removal.of([removal.records[0]._replace(operation="add")])
    assert json.loads(build_membership(LIST_SETTINGS, removal).body) == {
        "recordIdsToAdd": [],
        "recordIdsToRemove": ["1"],
    }
    assert json.loads(build_membership(LIST_SETTINGS, addition).body) == {
        "recordIdsToAdd": ["1"],
        "recordIdsToRemove": [],
    }


def test_a_record_that_is_missing_has_left_and_was_not_added() -> None:
    said = {"recordsIdsAdded": [], "recordIdsRemoved": [], "recordIdsMissing": ["1"]}
    removal = _removal(ANA, ids={ANA: "1"})
    addition = removal.of([removal.records[0]._replace(operation="add")])
    assert parse_membership(LIST_SETTINGS, removal, _json(200, said)) == [ACCEPTED]
    assert parse_membership(LIST_SETTINGS, addition, _json(200, said))[0].verdict == "retryable"
    with pytest.raises(AnswerLost):
        parse_membership(LIST_SETTINGS, removal, _json(200, {"recordIdsAdded": []}))


def test_an_update_writes_and_clears_and_keeps_what_it_does_not_name(rig: Callable[..., Any]) -> None:
    one = rig("hubspot_contacts", CONTACTS)
    one.said("add", {ANA: {"city": "Bonn", "score": 1, "plan": "free"}})
    one.said("update", {ANA: {"city": None, "score": 2.5}})
    assert one.fake.held() == {ANA: {"email": ANA, "city": "", "score": "2.5", "plan": "free"}}


def test_leaving_sets_the_property_false_and_keeps_the_contact(rig: Callable[..., Any]) -> None:
    one = rig("hubspot_contacts", CONTACTS)
    one.said("add", {ANA: {"city": "Bonn"}})
    one.said("remove", [ANA])
    assert list(one.fake.contacts.values()) == [{"email": ANA, "city": "Bonn", "in_audience": "false"}]


def test_leaving_makes_no_contact_of_somebody_who_is_not_there(rig: Callable[..., Any]) -> None:
    one = rig("hubspot_contacts", CONTACTS)
    assert one.verdicts("remove", [ANA]) == {ANA: "accepted"}
    assert one.fake.contacts == {}


@pytest.mark.parametrize(("kind", "table"), [("hubspot_contacts", CONTACTS), ("hubspot_list", LIST)])
def test_somebody_whose_address_changed_in_hubspot_leaves_under_the_id_of_the_receipt(
    rig: Callable[..., Any], kind: str, table: dict[str, str]
) -> None:
    one = rig(kind, table)
    receipt = one.said("add", [ANA])[ANA]
    assert receipt.external_id in one.fake.contacts
    one.fake.contacts[receipt.external_id]["email"] = "new@example.com"
    asked = len(one.serving.seen)
    assert one.verdicts("remove", [ANA], **{ANA: receipt.external_id}) == {ANA: "accepted"}
    assert one.fake.held() == {}
    assert len(one.serving.seen) == asked + 1  # no look-up


def test_the_ids_of_some_are_looked_up_and_those_of_others_are_known(rig: Callable[..., Any]) -> None:
    one = rig("hubspot_list", LIST)
    receipts = one.said("add", [ANA, BEN, CEM])
    assert set(one.verdicts("remove", [ANA, BEN, DAN], **{ANA: receipts[ANA].external_id}).values()) == {"accepted"}
    assert set(one.fake.held()) == {CEM}
    read = next(call for call, _reply in one.serving.seen if call.path.endswith("/batch/read"))
    assert [asked["id"] for asked in read.json()["inputs"]] == [BEN, DAN]


def test_whom_an_answer_forgets_is_unknown_and_not_put_on_the_list(rig: Callable[..., Any]) -> None:
    one = rig("hubspot_list", LIST, HubSpotList(forgetful=frozenset({1})))
    assert one.verdicts("add", [ANA, BEN, CEM]) == {ANA: "accepted", BEN: "unknown", CEM: "accepted"}
    assert set(one.fake.held()) == {ANA, CEM}


def test_another_unique_property_may_be_the_key(rig: Callable[..., Any]) -> None:
    one = rig("hubspot_contacts", {**CONTACTS, "id_property": "customer_id"})
    assert one.destination.facts.identifiers is None
    one.said("add", {"c-1": {"email": ANA}, "c-2": {"email": BEN}})
    one.said("remove", ["c-2"])
    assert one.fake.held() == {ANA: {"customer_id": "c-1", "email": ANA}}
    assert one.read() == {"c-1": {}}


def test_a_property_that_does_not_exist_rejects_only_those_who_have_it(rig: Callable[..., Any]) -> None:
    one = rig("hubspot_contacts", CONTACTS, HubSpotContacts(missing=frozenset({"no_such"})))
    said = one.said("add", {ANA: {}, BEN: {"no_such": 1}, CEM: {}})
    assert {key: outcome.verdict for key, outcome in said.items()} == {
        ANA: "accepted",
        BEN: "rejected",
        CEM: "accepted",
    }
    assert "no_such does not exist" in said[BEN].reason


@pytest.mark.parametrize(
    ("list_id", "sentence"), [("99", "HubSpot has no list 99: check list_id."), ("78", "MANUAL or SNAPSHOT")]
)
def test_a_list_that_cannot_take_anybody_ends_the_run(rig: Callable[..., Any], list_id: str, sentence: str) -> None:
    answer = rig("hubspot_list", {"list_id": list_id}).send("add", [ANA, BEN])
    assert sentence in answer.stop
    with pytest.raises(StopDelivery):
        parse_membership(LIST_SETTINGS, _removal(ANA), Response(404))


def test_a_lost_answer_to_the_second_step_is_asked_for_again(rig: Callable[..., Any]) -> None:
    one = rig("hubspot_list", LIST)
    one.serving.fail(Fault("none"), Fault("drop"))
    assert one.verdicts("add", [ANA, BEN]) == {ANA: "accepted", BEN: "accepted"}
    assert sorted(one.fake.lists["77"]) == sorted(one.fake.contacts)


def test_a_list_is_read_over_its_pages(rig: Callable[..., Any]) -> None:
    one = rig("hubspot_list", LIST, columns=("city",))
    people = {f"person{number}@example.com": {"city": "Bonn"} for number in range(250)}
    one.fake.hold(people)
    assert one.read() == people
    assert not any("#" in call.url for call, _reply in one.serving.seen)


def test_contacts_are_read_over_their_pages(rig: Callable[..., Any]) -> None:
    one = rig("hubspot_contacts", CONTACTS, columns=("city",))
    people = {f"person{number}@example.com": {"city": "Bonn"} for number in range(250)}
    one.fake.hold(people)
    one.fake.put({"email": ANA})
    assert one.read() == people


def test_a_payload_may_not_write_the_property_of_the_audience(rig: Callable[..., Any]) -> None:
    with pytest.raises(KindredError, match="payload column in_audience"):
        rig("hubspot_contacts", CONTACTS, columns=("in_audience",))


@pytest.mark.parametrize("body", [{"inputs": [{"id": ANA, "properties": {"n": 5}}]}, {"inputs": [{"id": "no"}] * 101}])
def test_the_fake_refuses_what_hubspot_refuses(rig: Callable[..., Any], body: dict[str, Any]) -> None:
    one = rig("hubspot_contacts", CONTACTS)
    address = f"{one.serving.url}/crm/v3/objects/contacts/batch/upsert"
    with httpx.Client(trust_env=False, headers={"Authorization": f"Bearer {one.fake.token}"}) as client:
        assert client.post(address, json=body).status_code == 400


def _removal(*keys: str, ids: dict[str, str] | None = None) -> Batch:
    known = ids or {}
    return Batch(RUN, tuple(Record("remove", key, "c", None, None, None, None, known.get(key)) for key in keys))


def _json(status: int, body: object) -> Response:
    return Response(status, json.dumps(body).encode())
