"""Salesforce's bulk jobs: what is asked, how answers are read, and how a job goes against the fake."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from reverse_etl._errors import AnswerLost, BatchRefused, RateLimited, StopDelivery
from reverse_etl._records import ONWARD, Batch, Onward, Outcome, Record, Run
from reverse_etl.destinations._contract import Request, Response
from reverse_etl.destinations._salesforce import SalesforceSettings
from reverse_etl.destinations._salesforce_jobs import (
    answered,
    end_upload,
    ended_upload,
    fill,
    filled,
    needs_job,
    next_result,
    open_job,
    opened,
)
from reverse_etl.fakes._faults import Fault
from reverse_etl.fakes.salesforce import SalesforceFake

if TYPE_CHECKING:
    from collections.abc import Callable

TABLE = {"object": "Contact", "external_id_field": "Kindred_Id__c", "status_field": "In_Audience__c", "bulk_above": 0}
SETTINGS = SalesforceSettings(**TABLE, base_url="https://example.com", token_env="TOKEN")  # noqa: S106 - a name
RUN = Run("run-1", "a_sync", "a_destination", "build-1")
JOBS = "https://example.com/services/data/v62.0/jobs/ingest"
SUCCESSES = (
    b'"sf__Id","sf__Created",In_Audience__c,Kindred_Id__c\n"003A","true",true,a\n"003B","false",true,"b, ""b"""\n'
)
FAILURES = (
    b'"sf__Id","sf__Error",In_Audience__c,Kindred_Id__c\n'
    b'"","UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record or 1 records: 003C:--","true","c"\n'
    b'"003D","INVALID_EMAIL_ADDRESS:Email: invalid email address: dan@nowhere:Email --","true","d"\n'
)
LEFT = b"In_Audience__c,Kindred_Id__c\ntrue,e\n"


def test_a_job_is_an_upsert_by_the_external_id() -> None:
    request = open_job(SETTINGS, _batch("a"))
    assert (request.method, request.url) == ("POST", JOBS)
    assert json.loads(request.body) == {
        "object": "Contact",
        "externalIdFieldName": "Kindred_Id__c",
        "operation": "upsert",
        "contentType": "CSV",
        "columnDelimiter": "COMMA",
        "lineEnding": "CRLF",
    }


def test_rows_are_csv_in_which_null_is_said_and_a_field_that_is_not_given_is_empty() -> None:
    payloads = {
        "a": '{"City__c": "Bonn, \\"Alt\\"\\nstadt\\r", "Spent__c": 12.30, "Vip__c": true, "FirstName": null}',
        "b": '{"City__c": "", "Spent__c": -1}',
    }
    records = tuple(Record("add", key, "c", "p", payload, "h") for key, payload in payloads.items())
    request = fill(SETTINGS, Batch(RUN, records, job="750A"))
    assert (request.method, request.url) == ("PUT", f"{JOBS}/750A/batches")
    assert request.headers["Content-Type"] == "text/csv"
    assert request.body.decode() == (
        "City__c,Spent__c,Vip__c,FirstName,Kindred_Id__c,In_Audience__c\r\n"
        '"Bonn, ""Alt""\nstadt\r",12.30,true,#N/A,a,true\r\n'
        "#N/A,-1,,,b,true\r\n"
    )


def test_a_text_that_a_job_takes_for_null_goes_without_one(rig: Callable[..., Any]) -> None:
    with pytest.raises(BatchRefused):
        open_job(SETTINGS, Batch(RUN, (Record("add", "a", "c", "p", '{"City__c": "#N/A"}', "h"),)))
    one = rig("salesforce", {**TABLE, "bulk_above": 1})
    said = one.verdicts("add", {"a": {"City__c": "#N/A"}, "b": {"City__c": "see #N/A"}, "c": {"City__c": None}})
    assert said == {"a": "accepted", "b": "accepted", "c": "accepted"}
    assert {row["Kindred_Id__c"]: row["City__c"] for row in one.fake.rows.values()} == {
        "a": "#N/A",
        "b": "see #N/A",
        "c": None,
    }


@pytest.mark.parametrize(
    ("above", "records", "expected"),
    [(2_000, 200, False), (2_000, 201, True), (0, 1, True), (3, 3, False), (3, 4, True), (10**15, 200, False)],
)
def test_a_batch_goes_as_a_job_when_it_is_too_large_without_one(above: int, records: int, *, expected: bool) -> None:
    settings = SalesforceSettings(**{**TABLE, "bulk_above": above}, base_url="https://x.y", token_env="T")  # noqa: S106
    assert needs_job(settings, _batch(*map(str, range(records)))) is expected


def test_everybody_of_a_job_is_pending_and_the_job_says_whose_run_it_is() -> None:
    batch = _batch("a", "b")
    assert opened(SETTINGS, batch, _json({"id": "750A", "state": "Open"})) == [Onward(job="750A")] * 2
    ours = Batch(RUN, batch.records, job="750A")
    assert filled(SETTINGS, ours, Response(201)) == [Outcome("pending", "750A@run-1")] * 2


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("Open", ONWARD),
        ("UploadComplete", Outcome("pending", "750A@run-1")),
        ("InProgress", Outcome("pending", "750A@run-1")),
    ],
)
def test_a_job_says_how_it_goes(state: str, said: Any) -> None:
    assert answered(SETTINGS, _asked("a"), _json({"id": "750A", "state": state})) == [said]


def test_results_are_read_one_after_the_other_once_a_job_has_ended() -> None:
    question = Request("GET", f"{JOBS}/750A", b"")
    assert next_result(question, _json({"state": "InProgress"}, "")) is None
    assert next_result(question, Response(500, url=f"{JOBS}/750A")) is None
    asked, page = [], _json({"state": "Failed"}, "")
    while following := next_result(question, page):
        asked.append(following.url.removeprefix(f"{JOBS}/750A/"))
        page = Response(200, b"", url=following.url)
    assert asked == ["successfulResults", "failedResults", "unprocessedrecords"]


def test_each_record_has_the_outcome_that_a_result_names() -> None:
    batch = _asked("e", "d", "c", 'b, "b"', "a", "nobody")
    said = answered(SETTINGS, batch, _ended("Failed", SUCCESSES, FAILURES, LEFT, message="TooManyLockFailure : again"))
    assert [one.verdict for one in said] == ["retryable", "rejected", "retryable", "accepted", "accepted", "unknown"]
    assert [one.external_id for one in said][3:5] == ["003B", "003A"]
    assert "TooManyLockFailure" in (said[0].reason or "")
    assert (said[1].reason or "").startswith("INVALID_EMAIL_ADDRESS")
    assert "dan@" not in (said[1].reason or "")
    assert "Kindred_Id__c" in (said[5].reason or "")


@pytest.mark.parametrize("state", ["JobComplete", "Failed", "Aborted"])
def test_results_that_name_nobody_confirm_nobody(state: str) -> None:
    spelled_otherwise = SUCCESSES.replace(b"Kindred_Id__c", b"KINDRED_ID__C")
    for successes in (b"", b"\n", spelled_otherwise, SUCCESSES.partition(b"\n")[0]):
        said = answered(SETTINGS, _asked("a", "c"), _ended(state, successes, b"", b""))
        assert {one.verdict for one in said} == {"unknown"}


def test_a_result_without_content_is_an_empty_one() -> None:
    pages = tuple(Response(204, b"", url=f"{JOBS}/750A/{name}") for name in ("x", "y", "z"))
    said = answered(SETTINGS, _asked("a"), Response(200, b'{"state": "JobComplete"}', more=pages))
    assert said[0].verdict == "unknown"


def test_a_job_that_is_forgotten_is_over_and_unknown() -> None:
    gone = Response(404, b'[{"errorCode":"NOT_FOUND"}]')
    assert answered(SETTINGS, _asked("a"), gone)[0].verdict == "unknown"
    meanwhile = Response(200, b'{"state": "JobComplete"}', more=(gone,))
    assert answered(SETTINGS, _asked("a"), meanwhile)[0].verdict == "unknown"


def test_what_cannot_be_read_leaves_a_job_open() -> None:
    for page, error in ((Response(500), AnswerLost), (Response(429), RateLimited)):
        with pytest.raises(error):
            answered(SETTINGS, _asked("a"), Response(200, b'{"state": "JobComplete"}', more=(page,)))
    with pytest.raises(AnswerLost):
        answered(SETTINGS, _asked("a"), _json({"state": "Dreaming"}))
    with pytest.raises(AnswerLost):
        answered(SETTINGS, _asked("a"), _ended("JobComplete", b'"' + b"x" * 200_000, b"", b""))


def test_our_own_open_job_is_closed_and_that_of_another_run_is_aborted() -> None:
    ours, theirs = _asked("a"), Batch(RUN, _batch("a").records, job="750A@run-0")
    assert (end_upload(SETTINGS, ours).method, end_upload(SETTINGS, ours).url) == ("PATCH", f"{JOBS}/750A")
    assert json.loads(end_upload(SETTINGS, ours).body) == {"state": "UploadComplete"}
    assert json.loads(end_upload(SETTINGS, theirs).body) == {"state": "Aborted"}
    assert ended_upload(SETTINGS, ours, _json({"state": "UploadComplete"})) == [Outcome("pending", "750A@run-1")]
    assert ended_upload(SETTINGS, theirs, _json({"state": "Aborted"}))[0].verdict == "retryable"
    assert ended_upload(SETTINGS, theirs, _json({"state": "InProgress"})) == [Outcome("pending", "750A@run-0")]


def test_a_job_that_is_not_opened_is_nobodys_fault(rig: Callable[..., Any]) -> None:
    with pytest.raises(StopDelivery, match=r"INVALIDJOB.*external_id_field"):
        opened(SETTINGS, _batch("a"), Response(400, b'[{"errorCode":"INVALIDJOB"}]'))
    with pytest.raises(RateLimited):
        opened(SETTINGS, _batch("a"), Response(400, b'[{"errorCode":"ExceededQuota","message":"ApiBatchItems"}]'))
    answer = rig("salesforce", {**TABLE, "external_id_field": "Other__c"}).send("add", ["a", "b"])
    assert answer.stop
    assert {one.verdict for one in answer.outcomes} == {"retryable"}


def test_nobody_is_written_before_the_job_is_closed_by_a_question(rig: Callable[..., Any]) -> None:
    one = rig("salesforce", TABLE)
    answer = one.send("add", ["a", "b"])
    assert {outcome.verdict for outcome in answer.outcomes} == {"pending"}
    [job] = one.fake.jobs.known.values()
    assert (job.state, one.fake.rows) == ("Open", {})
    asked = Batch(RUN, answer.batch.records, job=answer.outcomes[0].reason)
    verdicts = [{outcome.verdict for outcome in one.sender(asked).outcomes} for _ in range(3)]
    assert verdicts == [{"pending"}, {"pending"}, {"accepted"}]
    assert set(one.fake.held()) == {"a", "b"}


def test_a_job_that_never_ends_stays_pending(rig: Callable[..., Any]) -> None:
    one = rig("salesforce", TABLE, SalesforceFake(job_polls=None))
    assert one.verdicts("add", ["a", "b"]) == {"a": "pending", "b": "pending"}


def test_a_job_of_which_some_fail_some_are_not_come_to_and_some_are_not_named(rig: Callable[..., Any]) -> None:
    fake = SalesforceFake(refused=frozenset("b"), locked={"c"}, unprocessed={"d"}, unnamed={"e"})
    one = rig("salesforce", TABLE, fake)
    assert one.verdicts("add", list("abcdef")) == {
        "a": "accepted",
        "b": "rejected",
        "c": "retryable",
        "d": "retryable",
        "e": "unknown",
        "f": "accepted",
    }
    assert set(one.fake.held()) == {"a", "e", "f"}
    fake.unprocessed, fake.unnamed = set(), set()
    assert set(one.verdicts("add", list("cde")).values()) == {"accepted"}
    assert len(one.fake.rows) == 5


def test_a_job_that_fails_as_a_whole_says_why(rig: Callable[..., Any]) -> None:
    one = rig("salesforce", TABLE)
    said = one.said("add", {"c-1": {"Nonsense__c": 1}, "c-2": {}})
    assert {outcome.verdict for outcome in said.values()} == {"retryable"}
    assert "Field name not found : Nonsense__c" in (said["c-1"].reason or "")
    broken = rig("salesforce", TABLE, SalesforceFake(job_error="InternalServerError : Retried more than 20 times"))
    assert "Retried more than 20 times" in (broken.said("add", ["c-1"])["c-1"].reason or "")


def test_keys_that_differ_by_case_alone_are_one_record_of_which_only_one_is_confirmed(rig: Callable[..., Any]) -> None:
    one = rig("salesforce", TABLE)
    assert one.verdicts("add", ["Ana", "ana", "ben"]) == {"Ana": "accepted", "ana": "rejected", "ben": "accepted"}
    assert one.verdicts("update", {"ANA": {"City__c": "Bonn"}}) == {"ANA": "accepted"}
    assert len(one.fake.rows) == 2


def test_an_update_clears_keeps_and_takes_any_text(rig: Callable[..., Any]) -> None:
    one = rig("salesforce", TABLE, columns=("City__c", "FirstName"))
    text = 'O\'Brien, "Pat"\r\nSecond line; #1 = é 王'
    one.said("add", {"a": {"City__c": "Bonn", "FirstName": text}, "b": {"City__c": "Ulm", "FirstName": "Ben"}})
    one.said("update", {"a": {"City__c": None}, "b": {"FirstName": ""}})
    assert one.read() == {"a": {"City__c": None, "FirstName": text}, "b": {"City__c": "Ulm", "FirstName": None}}


def test_the_id_that_a_job_names_is_used_when_somebody_leaves(rig: Callable[..., Any]) -> None:
    one = rig("salesforce", TABLE)
    known = one.said("add", ["a"])["a"].external_id
    one.fake.rows[known]["Kindred_Id__c"] = "somebody renamed it"
    assert one.verdicts("remove", ["a"], a=known) == {"a": "accepted"}
    assert not one.fake.held()


def test_a_text_in_place_of_a_checkbox_says_who_is_in(rig: Callable[..., Any]) -> None:
    table = {**TABLE, "status_field": "Stage__c", "member_value": "Member, paying", "leaver_value": "Left"}
    one = rig("salesforce", table, SalesforceFake(status_field="Stage__c"))
    one.said("add", ["a", "b"])
    one.said("remove", ["b"])
    assert one.read() == {"a": {}}


@pytest.mark.parametrize("kind", ["drop", "error", "close", "unavailable", "rate_limit"])
@pytest.mark.parametrize("nth", range(8))
def test_whatever_answer_is_lost_in_the_end_everybody_is_confirmed(
    rig: Callable[..., Any], kind: str, nth: int
) -> None:
    one = rig("salesforce", TABLE, SalesforceFake(refused=frozenset("b"), job_polls=1))
    one.serving.fail(Fault("none", times=nth), Fault(kind)) if nth else one.serving.fail(Fault(kind))
    assert one.verdicts("add", ["a", "b", "c"]) == {"a": "accepted", "b": "rejected", "c": "accepted"}
    assert not [job for job in one.fake.jobs.known.values() if job.state == "Open" and nth > 2]
    assert len([job for job in one.fake.jobs.known.values() if job.state != "Open"]) == 1


def test_the_allowance_of_the_day_is_waited_for_in_the_middle_of_a_job(rig: Callable[..., Any]) -> None:
    one = rig("salesforce", TABLE)
    answer = one.send("add", ["a"])
    one.fake.limited = 3
    assert one.sender(Batch(RUN, answer.batch.records, job=answer.outcomes[0].reason)).outcomes[0].verdict == "pending"


def test_an_upload_that_is_too_large_is_halved_and_what_is_small_goes_without_a_job(rig: Callable[..., Any]) -> None:
    one = rig("salesforce", {**TABLE, "bulk_above": 2}, SalesforceFake(job_bytes=120))
    people = {f"c-{number}": {"City__c": "x" * 20} for number in range(10)}
    assert set(one.verdicts("add", people).values()) == {"accepted"}
    assert set(one.fake.held()) == people.keys()
    calls = [(call.method, call.path.rpartition("v62.0")[2]) for call, _reply in one.serving.seen]
    assert ("PATCH", "/composite/sobjects/Contact/Kindred_Id__c") in calls
    assert ("POST", "/jobs/ingest") in calls


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "", {"object": "Nothing", "operation": "upsert"}, 400, "INVALIDENTITY"),
        ("POST", "", {"object": "Contact", "operation": "upsert", "externalIdFieldName": "X"}, 400, "INVALIDJOB"),
        ("PUT", "/{job}/batches", "a,b\r\n", 400, "INVALIDJOBSTATE"),
        ("PATCH", "/{job}", {"state": "UploadComplete"}, 400, "INVALIDJOBSTATE"),
        ("GET", "/nothing", None, 404, "NOT_FOUND"),
        ("DELETE", "/{job}", None, 405, "METHOD_NOT_ALLOWED"),
    ],
)
def test_the_fake_refuses_what_salesforce_refuses(  # noqa: PLR0913, PLR0917 - a request and its answer
    rig: Callable[..., Any], method: str, path: str, body: Any, status: int, code: str
) -> None:
    one = rig("salesforce", TABLE)
    one.said("add", ["a"])
    address = f"{one.serving.url}/services/data/v62.0/jobs/ingest{path.format(job='7505g0000000000AAA')}"
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    token = {"Authorization": f"Bearer {one.fake.token}"}
    answer = httpx.request(method, address, content=content, headers=token, trust_env=False)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (status, code)


def test_the_fake_wants_lines_to_end_as_the_job_says(rig: Callable[..., Any]) -> None:
    one = rig("salesforce", TABLE)
    answer = one.send("add", ["a"])
    [job] = one.fake.jobs.known.values()
    job.said["lineEnding"] = "LF"
    asked = Batch(RUN, answer.batch.records, job=answer.outcomes[0].reason)
    assert [one.sender(asked).outcomes[0].verdict for _ in range(3)][-1] == "retryable"
    assert "LineEnding" in job.message


def _batch(*keys: str) -> Batch:
    return Batch(RUN, tuple(Record("add", key, "c", "p", "{}", "h") for key in keys))


def _asked(*keys: str) -> Batch:
    return Batch(RUN, _batch(*keys).records, job="750A@run-1")


def _json(body: Any, url: str = f"{JOBS}/750A") -> Response:
    return Response(200, json.dumps(body).encode(), url=url)


def _ended(state: str, successes: bytes, failures: bytes, left: bytes, message: str | None = None) -> Response:
    more = tuple(Response(200, body) for body in (successes, failures, left))
    body = {
        "id": "750A",
        "state": state,
        "numberRecordsProcessed": 4,
        "numberRecordsFailed": 2,
        "errorMessage": message,
    }
    return Response(200, json.dumps(body).encode(), more=more)
