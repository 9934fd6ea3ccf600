from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from reverse_etl._errors import AnswerLost, RateLimited, StopDelivery
from reverse_etl._records import ACCEPTED, Onward
from reverse_etl.destinations._contract import Response
from reverse_etl.destinations._salesforce import SalesforceSettings, problems
from reverse_etl.destinations._soql import with_keys, with_value
from reverse_etl.destinations.salesforce import build_request, found, leave, look_up, members, parse_response
from reverse_etl.fakes.salesforce import SalesforceFake

if TYPE_CHECKING:
    from collections.abc import Callable

TABLE = {"object": "Contact", "external_id_field": "Kindred_Id__c", "status_field": "In_Audience__c"}
SETTINGS = SalesforceSettings(**TABLE, base_url="https://example.com", token_env="TOKEN")  # noqa: S106 - a name
STATUS = SalesforceSettings(
    **{**TABLE, "status_field": "Stage__c"},
    member_value="Member",
    leaver_value="Left",
    base_url="https://example.com",
    token_env="TOKEN",  # noqa: S106 - a name
)


@pytest.fixture
def salesforce(rig: Callable[..., Any]) -> Any:
    return rig("salesforce", TABLE, columns=("City__c",))


def test_an_addition_is_an_upsert_by_the_external_id_with_the_status(salesforce: Any) -> None:
    request = build_request(SETTINGS, salesforce.batch("add", {"c-1": {"City__c": "Bonn", "FirstName": None}}))
    url = "https://example.com/services/data/v62.0/composite/sobjects/Contact/Kindred_Id__c"
    assert (request.method, request.url) == ("PATCH", url)
    assert json.loads(request.body) == {
        "allOrNone": False,
        "records": [
            {
                "attributes": {"type": "Contact"},
                "City__c": "Bonn",
                "FirstName": None,
                "Kindred_Id__c": "c-1",
                "In_Audience__c": True,
            }
        ],
    }


def test_leaving_updates_the_status_of_records_by_their_id(salesforce: Any) -> None:
    request = leave(STATUS, salesforce.batch("remove", ["c-1"], **{"c-1": "003A"}))
    assert request.url == "https://example.com/services/data/v62.0/composite/sobjects"
    assert json.loads(request.body)["records"] == [
        {"attributes": {"type": "Contact"}, "id": "003A", "Stage__c": "Left"}
    ]


def test_leaving_deletes_nobody_and_makes_nobody(salesforce: Any) -> None:
    salesforce.said("add", {"c-1": {"City__c": "Bonn"}})
    assert salesforce.verdicts("remove", ["c-1", "c-2"]) == {"c-1": "accepted", "c-2": "accepted"}
    (row,) = salesforce.fake.rows.values()
    assert (row["Kindred_Id__c"], row["City__c"], row["In_Audience__c"]) == ("c-1", "Bonn", False)


def test_no_key_stands_in_an_address(salesforce: Any) -> None:
    request = look_up(SETTINGS, salesforce.batch("remove", ["ana@example.com"]))
    assert (request.method, request.url) == ("POST", "https://example.com/services/data/v62.0/composite")
    assert "ana" not in request.url


def test_quotes_are_escaped_as_soql_wants_them(salesforce: Any) -> None:
    assert with_keys("Contact", "K__c", ["O'Brien", "a\\"], []) == (
        r"SELECT Id, K__c FROM Contact WHERE K__c IN ('O\'Brien','a\\')"
    )
    assert with_keys("Contact", "K__c", ["k"], ["003"]).endswith("WHERE K__c IN ('k') OR Id IN ('003')")
    assert with_value("Contact", ["K__c", "K__c", "C"], "S", value=True) == "SELECT K__c, C FROM Contact WHERE S = TRUE"
    assert with_value("Contact", ["K__c"], "S", value="It's") == r"SELECT K__c FROM Contact WHERE S = 'It\'s'"
    salesforce.said("add", ["O'Brien", "a\\b"])
    salesforce.said("remove", ["O'Brien", "a\\b"])
    assert not salesforce.fake.held()


def test_somebody_whose_key_was_changed_at_salesforce_leaves_under_the_id_that_we_know(salesforce: Any) -> None:
    added = salesforce.said("add", ["c-1"])["c-1"]
    assert added.external_id
    salesforce.fake.rows[added.external_id]["Kindred_Id__c"] = "somebody renamed it"
    assert salesforce.verdicts("remove", ["c-1"], **{"c-1": added.external_id}) == {"c-1": "accepted"}
    assert not salesforce.fake.held()


def test_keys_are_compared_without_case(salesforce: Any) -> None:
    salesforce.said("add", ["Ana"])
    assert salesforce.verdicts("remove", ["ana"]) == {"ana": "accepted"}
    assert not salesforce.fake.held()


def test_each_row_has_its_own_success(salesforce: Any) -> None:
    results = [
        {"id": "003A", "success": True, "errors": []},
        {"success": False, "errors": [{"statusCode": "INVALID_EMAIL_ADDRESS", "message": "bad"}]},
        {"success": False, "errors": [{"statusCode": "UNABLE_TO_LOCK_ROW", "message": "busy"}]},
        {"success": "yes"},
    ]
    said = parse_response(SETTINGS, salesforce.batch("add", ["a", "b", "c", "d"]), _response(results))
    assert [outcome.verdict for outcome in said] == ["accepted", "rejected", "retryable", "unknown"]
    assert said[0].external_id == "003A"
    assert said[1].reason == "INVALID_EMAIL_ADDRESS: bad"


@pytest.mark.parametrize("results", [[], [{"success": True}], [{"success": True}] * 3, {"success": True}])
def test_results_that_do_not_fit_the_batch_confirm_nobody(salesforce: Any, results: Any) -> None:
    said = parse_response(SETTINGS, salesforce.batch("add", ["a", "b"]), _response(results))
    assert [outcome.verdict for outcome in said] == ["unknown", "unknown"]


@pytest.mark.parametrize(("operation", "verdict"), [("add", "rejected"), ("remove", "accepted")])
def test_a_record_that_was_deleted_meanwhile_has_left(salesforce: Any, operation: str, verdict: str) -> None:
    results = [{"success": False, "errors": [{"statusCode": "ENTITY_IS_DELETED", "message": "gone"}]}]
    said = parse_response(SETTINGS, salesforce.batch(operation, ["a"]), _response(results))
    assert said[0].verdict == verdict


def test_a_403_over_the_limit_is_a_rate_limit_and_another_one_stops(salesforce: Any) -> None:
    batch = salesforce.batch("add", ["a"])
    with pytest.raises(RateLimited):
        parse_response(SETTINGS, batch, Response(403, b'[{"errorCode":"REQUEST_LIMIT_EXCEEDED"}]'))
    with pytest.raises(StopDelivery, match="edit Contact"):
        parse_response(SETTINGS, batch, Response(403, b'[{"errorCode":"API_DISABLED_FOR_ORG"}]'))
    salesforce.fake.limited = 5
    assert salesforce.verdicts("add", ["a"]) == {"a": "accepted"}


@pytest.mark.parametrize(("status", "word"), [(401, "TOKEN"), (404, "Kindred_Id__c")])
def test_what_a_person_has_to_change_is_said(salesforce: Any, status: int, word: str) -> None:
    with pytest.raises(StopDelivery, match=word):
        parse_response(SETTINGS, salesforce.batch("add", ["a"]), Response(status))


def test_a_locked_row_is_retryable_and_goes_through_later(rig: Callable[..., Any]) -> None:
    salesforce = rig("salesforce", TABLE, SalesforceFake(locked={"a"}))
    assert salesforce.verdicts("add", ["a", "b"]) == {"a": "retryable", "b": "accepted"}
    assert salesforce.verdicts("add", ["a"]) == {"a": "accepted"}


def test_a_field_that_is_not_there_is_named(salesforce: Any) -> None:
    said = salesforce.said("add", {"a": {"Nonsense__c": 1}})["a"]
    assert (said.verdict, "Nonsense__c" in (said.reason or "")) == ("rejected", True)


def test_a_null_clears_the_field(salesforce: Any) -> None:
    salesforce.said("add", {"a": {"City__c": "Bonn"}})
    salesforce.said("update", {"a": {"City__c": None}})
    assert salesforce.read() == {"a": {"City__c": None}}


def test_members_come_in_pages_with_their_fields(rig: Callable[..., Any]) -> None:
    salesforce = rig("salesforce", TABLE, SalesforceFake(page_rows=2), columns=("City__c",))
    people = {f"c-{number}": {"City__c": f"city {number}"} for number in range(5)}
    salesforce.said("add", people)
    assert salesforce.read() == people


@pytest.mark.parametrize("body", [{}, [], {"records": 5}, {"records": ["x"]}])
def test_a_page_that_cannot_be_read_is_not_taken_for_an_empty_one(body: Any) -> None:
    with pytest.raises(AnswerLost):
        members(SETTINGS, (), _response(body))


def test_those_who_are_found_go_on_with_their_id_and_the_others_have_left(salesforce: Any) -> None:
    rows = [{"Id": "003A", "Kindred_Id__c": "a"}, {"Id": "003C", "Kindred_Id__c": "renamed"}]
    batch = salesforce.batch("remove", ["a", "b", "c"], c="003C")
    assert found(SETTINGS, batch, _composite(200, {"records": rows})) == [Onward("003A"), ACCEPTED, Onward("003C")]


def test_a_query_that_fails_stops_the_run_and_an_unreadable_answer_says_nothing(salesforce: Any) -> None:
    batch = salesforce.batch("remove", ["a"])
    with pytest.raises(StopDelivery, match="INVALID_FIELD") as stop:
        found(SETTINGS, batch, _composite(400, [{"message": "WHERE K__c IN ('a')", "errorCode": "INVALID_FIELD"}]))
    assert "WHERE" not in str(stop.value)
    for body in ({}, {"compositeResponse": []}, {"compositeResponse": [{"httpStatusCode": 200, "body": {}}]}):
        with pytest.raises(AnswerLost):
            found(SETTINGS, batch, _response(body))


@pytest.mark.parametrize(("member", "leaver"), [("Member", ""), ("", "Left"), ("Same", "Same")])
def test_values_of_the_status_come_in_pairs_that_differ(member: str, leaver: str) -> None:
    settings = SalesforceSettings(
        **TABLE,
        member_value=member,
        leaver_value=leaver,
        base_url="https://example.com",
        token_env="TOKEN",  # noqa: S106 - a name
    )
    assert [name for name, _ in problems(settings)] == ["leaver_value"]


def _composite(status: int, body: Any) -> Response:
    return _response({"compositeResponse": [{"httpStatusCode": status, "body": body, "referenceId": "found"}]})


def _response(body: Any) -> Response:
    return Response(200, json.dumps(body).encode())
