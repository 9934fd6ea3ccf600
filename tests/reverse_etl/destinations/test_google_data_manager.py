from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from reverse_etl._errors import AnswerLost, StopDelivery
from reverse_etl.destinations._contract import Response
from reverse_etl.destinations.google_data_manager import (
    GoogleSettings,
    ask,
    build_request,
    parse_response,
    read_answer,
)
from reverse_etl.fakes.google_data_manager import GoogleFake

if TYPE_CHECKING:
    from collections.abc import Callable

TABLE: dict[str, Any] = {
    "operating_account_id": "1234567890",
    "audience_id": "8000",
    "terms_of_service_accepted": True,
    "ad_personalization": True,
}
SETTINGS = GoogleSettings(**TABLE, base_url="https://example.com", token_env="TOKEN")  # noqa: S106 - a name


@pytest.fixture
def google(rig: Callable[..., Any]) -> Any:
    return rig("google_data_manager", TABLE)


def test_consent_and_terms_go_with_every_ingest(google: Any) -> None:
    request = build_request(SETTINGS, google.batch("add", ["Jane.Doe@GMail.com"]))
    hashed = hashlib.sha256(b"janedoe@gmail.com").hexdigest()
    assert (request.method, request.url) == ("POST", "https://example.com/v1/audienceMembers:ingest")
    assert json.loads(request.body) == {
        "destinations": [
            {
                "operatingAccount": {"accountType": "GOOGLE_ADS", "accountId": "1234567890"},
                "productDestinationId": "8000",
            }
        ],
        "audienceMembers": [{"userData": {"userIdentifiers": [{"emailAddress": hashed}]}}],
        "encoding": "HEX",
        "validateOnly": False,
        "consent": {"adUserData": "CONSENT_GRANTED", "adPersonalization": "CONSENT_GRANTED"},
        "termsOfService": {"customerMatchTermsOfServiceStatus": "ACCEPTED"},
    }


def test_a_removal_needs_neither(google: Any) -> None:
    request = build_request(SETTINGS, google.batch("remove", ["jane@example.com"]))
    body = json.loads(request.body)
    assert request.url == "https://example.com/v1/audienceMembers:remove"
    assert body.keys() == {"destinations", "audienceMembers", "encoding", "validateOnly"}


def test_personalised_advertising_is_denied_unless_the_table_allows_it(rig: Callable[..., Any]) -> None:
    google = rig("google_data_manager", {**TABLE, "ad_personalization": False, "login_account_id": "42"})
    google.said("add", ["jane@example.com"])
    body = google.serving.seen[0][0].json()
    assert body["consent"]["adPersonalization"] == "CONSENT_DENIED"
    assert body["destinations"][0]["loginAccount"] == {"accountType": "GOOGLE_ADS", "accountId": "42"}


def test_a_phone_can_be_the_key(rig: Callable[..., Any]) -> None:
    google = rig("google_data_manager", {**TABLE, "key": "phone"})
    google.said("add", ["+49 170 1234567"])
    assert set(google.fake.held()) == {hashlib.sha256(b"+491701234567").hexdigest()}


def test_records_wait_for_the_request_that_the_answer_names_and_nothing_holds_before(google: Any) -> None:
    answer = google.send("add", ["jane@example.com"])
    assert [(one.verdict, one.reason) for one in answer.outcomes] == [("pending", "10000")]
    assert not google.fake.held()


def test_a_request_that_never_ends_stays_pending_under_its_name(rig: Callable[..., Any]) -> None:
    google = rig("google_data_manager", TABLE, GoogleFake(job_polls=None))
    said = google.said("add", ["jane@example.com"])["jane@example.com"]
    assert (said.verdict, said.reason) == ("pending", "10000")


def test_a_request_that_ends_late_ends(rig: Callable[..., Any]) -> None:
    google = rig("google_data_manager", TABLE, GoogleFake(job_polls=4))
    assert google.verdicts("add", ["jane@example.com"]) == {"jane@example.com": "accepted"}


def test_a_request_that_failed_is_sent_again(rig: Callable[..., Any]) -> None:
    google = rig("google_data_manager", TABLE, GoogleFake(fails=True))
    said = google.said("add", ["jane@example.com"])["jane@example.com"]
    assert said.verdict == "retryable"
    assert "PROCESSING_ERROR_REASON_INTERNAL_ERROR" in (said.reason or "")
    assert not google.fake.held()


def test_a_request_that_google_forgot_leaves_its_records_unknown(google: Any) -> None:
    batch = google.batch("add", ["jane@example.com"])
    said = read_answer(SETTINGS, batch, Response(404, b"{}"))
    assert [outcome.verdict for outcome in said] == ["unknown"]


@pytest.mark.parametrize("statuses", [[], [{}], [{"requestStatus": "WHO_KNOWS"}]])
def test_a_status_that_is_not_said_confirms_nothing(google: Any, statuses: list[Any]) -> None:
    batch = google.batch("add", ["jane@example.com", "ben@example.com"])
    body = json.dumps({"requestStatusPerDestination": statuses}).encode()
    assert [outcome.verdict for outcome in read_answer(SETTINGS, batch, Response(200, body))] == ["unknown", "unknown"]


def test_an_answer_without_a_request_id_confirms_nothing(google: Any) -> None:
    with pytest.raises(AnswerLost):
        parse_response(SETTINGS, google.batch("add", ["jane@example.com"]), Response(200, b"{}"))


def test_validate_only_is_a_dry_run_that_takes_nobody_and_claims_nothing(rig: Callable[..., Any]) -> None:
    google = rig("google_data_manager", {**TABLE, "validate_only": True})
    said = google.said("add", ["jane@example.com"])["jane@example.com"]
    assert said.verdict == "retryable"
    assert not google.fake.held()
    assert not google.fake.jobs.known
    google.fake.audience_id = "1"
    assert google.said("add", ["jane@example.com"])["jane@example.com"].verdict == "rejected"


def test_a_job_is_asked_about_by_its_name(google: Any) -> None:
    batch = google.batch("add", ["jane@example.com"]).of(google.batch("add", ["jane@example.com"]).records)
    asked = ask(SETTINGS, type(batch)(batch.run, batch.records, job="a b/1"))
    assert asked.url == "https://example.com/v1/requestStatus:retrieve?requestId=a+b%2F1"


@pytest.mark.parametrize(("status", "word"), [(401, "TOKEN"), (403, "operating_account_id"), (404, "audience_id")])
def test_what_a_person_has_to_change_is_said(google: Any, status: int, word: str) -> None:
    with pytest.raises(StopDelivery, match=word):
        parse_response(SETTINGS, google.batch("add", ["jane@example.com"]), Response(status))
