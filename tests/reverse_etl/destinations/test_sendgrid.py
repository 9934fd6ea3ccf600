"""A SendGrid list."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from reverse_etl._errors import BatchRefused, StopDelivery
from reverse_etl._records import ACCEPTED, Batch, Onward, Outcome, Record, Run
from reverse_etl.destinations._contract import Response
from reverse_etl.destinations._sendgrid import (
    SendGridSettings,
    ask,
    ask_when,
    build_search,
    parse_answer,
    parse_search,
    parse_verified,
)
from reverse_etl.destinations.sendgrid import build_leave, build_upsert, parse_leave, parse_upsert
from reverse_etl.fakes.sendgrid import SendGrid

if TYPE_CHECKING:
    from collections.abc import Callable

RUN = Run("run-1", "a_sync", "a_destination", "build-1")
LIST_ID = "ca1b40cd-8d5b-4b0c-9d5b-2f6f5a4f2a01"
TABLE = {"list_id": LIST_ID, "custom_fields": "spent=e1_N, plan = w2"}
SETTINGS = SendGridSettings(token_env="TOKEN", **TABLE)  # noqa: S106 - a variable's name
ANA, BEN, CEM, DAN = (f"{name}@example.com" for name in ("ana", "ben", "cem", "dan"))


def test_a_contact_has_every_identifier_and_custom_fields_by_their_ids() -> None:
    fields = (
        '{"first_name": "O\'Brien", "city": null, "spent": 12.30, "plan": true, "external_id": "c-1",'
        ' "phone_number_id": null, "email": "other@example.com"}'
    )
    request = build_upsert(SETTINGS, Batch(RUN, (Record("add", ANA, "c", "p", fields, "h"),)))
    assert (request.method, request.url) == ("PUT", "https://api.sendgrid.com/v3/marketing/contacts")
    assert json.loads(request.body) == {
        "list_ids": [LIST_ID],
        "contacts": [
            {
                "first_name": "O'Brien",
                "city": "",
                "external_id": "c-1",
                "email": ANA,
                "custom_fields": {"e1_N": 12.3, "w2": "true"},
            }
        ],
    }


def test_an_upsert_is_pending_and_a_list_that_is_not_there_ends_the_run() -> None:
    assert parse_upsert(SETTINGS, _batch("add", ANA), _json(202, {"job_id": "J"})) == [Outcome("pending", "J")]
    assert parse_upsert(SETTINGS, _batch("add", ANA), _json(202, {}))[0].verdict == "unknown"
    with pytest.raises(StopDelivery, match="check list_id"):
        parse_upsert(SETTINGS, _batch("add", ANA), _json(400, {"errors": [{"field": "list_ids", "message": "no"}]}))
    with pytest.raises(BatchRefused):
        parse_upsert(SETTINGS, _batch("add", ANA), _json(400, {"errors": [{"field": "contacts[0]"}]}))


@pytest.mark.parametrize(
    ("job", "answer"),
    [
        ({"status": "pending"}, Outcome("pending", "J")),
        ({"status": "failed"}, Outcome("retryable", "SendGrid's job failed as a whole")),
        ({"status": "completed", "results": {"requested_count": 2, "created_count": 1, "updated_count": 1}}, ACCEPTED),
        ({"status": "completed", "results": {"requested_count": 2, "created_count": 1}}, Onward()),
        ({"status": "completed", "results": {"requested_count": 2, "created_count": 2, "errored_count": 1}}, Onward()),
        ({"status": "errored"}, Onward()),
    ],
)
def test_a_job_says_how_it_went(job: dict[str, Any], answer: Outcome | Onward) -> None:
    assert parse_answer(SETTINGS, _batch("add", ANA, BEN, job="J"), _json(200, job)) == [answer] * 2


def test_a_job_that_is_not_known_confirms_nobody() -> None:
    assert parse_answer(SETTINGS, _batch("add", ANA, job="J"), Response(404))[0].verdict == "unknown"


def test_who_is_on_the_list_and_was_written_since_the_job_began_was_taken() -> None:
    found = {
        ANA: {"contact": {"id": "1", "list_ids": [LIST_ID], "updated_at": "2026-07-02T06:00:01Z"}},
        BEN: {"contact": {"id": "2", "list_ids": [LIST_ID], "updated_at": "2026-07-02T05:59:59Z"}},
        CEM: {"contact": {"id": "3", "list_ids": []}},
        DAN: {"error": "contact not found"},
    }
    job = _json(200, {"started_at": "2026-07-02T06:00:00Z"})
    response = Response(200, json.dumps({"result": found}).encode(), more=(job,))
    said = parse_verified(SETTINGS, _batch("add", ANA.upper(), BEN, CEM, DAN, job="J"), response)
    assert [outcome.verdict for outcome in said] == ["accepted", "unknown", "rejected", "rejected"]
    assert said[0].external_id == "1"


def test_after_the_contacts_the_job_is_asked_when_it_began() -> None:
    request = build_search(SETTINGS, _batch("add", ANA, job="a job"))
    assert request.url.endswith("/search/identifiers/email#a%20job")
    following = ask_when(request, Response(200, url=request.url))
    assert following is not None
    assert following.url == "https://api.sendgrid.com/v3/marketing/contacts/imports/a%20job"
    assert ask_when(request, Response(200, url=following.url)) is None


def test_a_search_finds_who_is_on_the_list() -> None:
    found = {ANA: {"contact": {"id": "1", "list_ids": [LIST_ID]}}, BEN: {"contact": {"id": "2", "list_ids": []}}}
    said = parse_search(SETTINGS, _batch("remove", ANA, BEN, CEM), _json(200, {"result": found}))
    assert said == [Onward("1"), ACCEPTED, ACCEPTED]
    assert parse_search(SETTINGS, _batch("remove", ANA), Response(404)) == [ACCEPTED]
    with pytest.raises(BatchRefused):
        build_search(SETTINGS, _batch("remove", *(f"{number}@example.com" for number in range(101))))


def test_leaving_takes_contact_ids_off_the_list() -> None:
    batch = _batch("remove", ANA, BEN, ids={ANA: "1", BEN: "2"})
    request = build_leave(SETTINGS, batch)
    assert request.method == "DELETE"
    assert request.url == f"https://api.sendgrid.com/v3/marketing/lists/{LIST_ID}/contacts?contact_ids=1,2"
    assert parse_leave(SETTINGS, batch, _json(202, {"job_id": "J"})) == [Outcome("pending", "J")] * 2
    with pytest.raises(BatchRefused):
        parse_leave(SETTINGS, batch, Response(404))
    with pytest.raises(StopDelivery):
        parse_leave(SETTINGS, batch.of(batch.records[:1]), Response(404))


def test_a_removal_is_pending_until_the_contact_is_off_the_list() -> None:
    batch = _batch("remove", ANA.upper(), BEN, CEM, job="J")
    assert json.loads(ask(SETTINGS, batch).body) == {"identifiers": [ANA.upper(), BEN, CEM]}
    found = {ANA: {"contact": {"list_ids": [LIST_ID]}}, BEN: {"contact": {"list_ids": ["another"]}}}
    assert parse_answer(SETTINGS, batch, _json(200, {"result": found})) == [Outcome("pending", "J"), ACCEPTED, ACCEPTED]
    assert parse_answer(SETTINGS, batch, Response(404)) == [ACCEPTED] * 3


def test_people_are_pending_until_the_job_ends(rig: Callable[..., Any]) -> None:
    one = rig("sendgrid", TABLE)
    answer = one.send("add", [ANA, BEN])
    assert answer.outcomes == (Outcome("pending", "import-0"),) * 2
    asked = Batch(RUN, answer.batch.records, job="import-0")
    assert one.sender(asked).outcomes == (Outcome("pending", "import-0"),) * 2
    assert one.sender(asked).outcomes == (ACCEPTED,) * 2
    assert set(one.fake.held()) == {ANA, BEN}


def test_a_job_that_never_ends_stays_pending(rig: Callable[..., Any]) -> None:
    one = rig("sendgrid", TABLE, SendGrid(job_polls=None))
    assert one.verdicts("add", [ANA]) == {ANA: "pending"}
    one.fake.hold({BEN: {}})
    assert one.verdicts("remove", [BEN]) == {BEN: "pending"}


def test_somebody_who_was_there_before_a_job_with_errors_and_was_not_written_is_unknown(
    rig: Callable[..., Any],
) -> None:
    one = rig("sendgrid", TABLE, SendGrid(refused=frozenset({ANA})))
    one.fake.hold({ANA: {"city": "Bonn"}})
    said = one.verdicts("add", {ANA: {"city": "Ulm"}, BEN: {}, CEM: {}})
    assert said == {ANA: "unknown", BEN: "accepted", CEM: "accepted"}


def test_a_contact_with_another_identifier_is_updated_only_with_it(rig: Callable[..., Any]) -> None:
    one = rig("sendgrid", TABLE)
    one.said("add", {ANA: {"external_id": "c-1"}, BEN: {}})
    assert one.verdicts("update", {ANA: {"city": "Ulm"}, BEN: {"city": "Ulm"}}) == {ANA: "unknown", BEN: "accepted"}
    assert one.verdicts("update", {ANA: {"city": "Ulm", "external_id": "c-1"}}) == {ANA: "accepted"}
    assert one.fake.held()[ANA]["city"] == "Ulm"


def test_an_update_clears_text_and_keeps_the_rest_and_a_number_cannot_be_cleared(rig: Callable[..., Any]) -> None:
    one = rig("sendgrid", TABLE)
    one.said("add", {ANA: {"city": "Bonn", "plan": "free", "spent": 1}, BEN: {"spent": 1}})
    said = one.said("update", {ANA: {"city": None, "plan": None}, BEN: {"spent": None}})
    assert (said[ANA].verdict, said[BEN].verdict) == ("accepted", "rejected")
    assert "must be a number" in said[BEN].reason
    assert one.fake.held() == {ANA: {"email": ANA, "city": "", "w2": "", "e1_N": 1}, BEN: {"email": BEN, "e1_N": 1}}


def test_leaving_keeps_the_contact(rig: Callable[..., Any]) -> None:
    one = rig("sendgrid", TABLE)
    one.said("add", [ANA, BEN])
    assert one.verdicts("remove", [ANA.upper(), CEM]) == {ANA.upper(): "accepted", CEM: "accepted"}
    assert (set(one.fake.held()), len(one.fake.contacts)) == ({BEN}, 2)


def test_more_people_leave_than_one_look_up_takes(rig: Callable[..., Any]) -> None:
    one = rig("sendgrid", TABLE)
    keys = [f"person{number}@example.com" for number in range(250)]
    one.fake.hold({key: {} for key in keys})
    assert set(one.verdicts("remove", keys[:249]).values()) == {"accepted"}
    assert set(one.fake.held()) == {keys[249]}


def test_a_job_with_errors_is_checked_a_hundred_contacts_at_a_time(rig: Callable[..., Any]) -> None:
    keys = [f"person{number}@example.com" for number in range(250)]
    one = rig("sendgrid", TABLE, SendGrid(refused=frozenset(keys[:3])))
    said = one.verdicts("add", keys)
    assert {key for key, verdict in said.items() if verdict == "rejected"} == set(keys[:3])
    assert {key for key, verdict in said.items() if verdict == "accepted"} == set(keys[3:]) == set(one.fake.held())


@pytest.mark.parametrize("operation", ["add", "remove"])
def test_a_list_that_is_not_there_ends_the_run(rig: Callable[..., Any], operation: str) -> None:
    elsewhere = "00000000-0000-0000-0000-000000000000"
    one = rig("sendgrid", {"list_id": elsewhere})
    one.fake.hold({ANA: {}})
    next(iter(one.fake.contacts.values()))["list_ids"].append(elsewhere)
    assert "SendGrid has no list" in one.send(operation, [ANA]).stop


def test_another_identifier_may_be_the_key(rig: Callable[..., Any]) -> None:
    one = rig("sendgrid", {**TABLE, "identifier": "external_id"})
    assert one.destination.facts.identifiers is None
    one.said("add", {"c-1": {"email": ANA}, "c-2": {"email": BEN}})
    assert one.verdicts("remove", ["c-1"]) == {"c-1": "accepted"}
    assert set(one.fake.held()) == {BEN}


def test_a_request_of_more_than_6_mb_is_halved_and_the_fake_refuses_it(rig: Callable[..., Any]) -> None:
    one = rig("sendgrid", TABLE)
    people = {f"person{number}@example.com": {"plan": "x" * 90_000} for number in range(70)}
    assert set(one.verdicts("add", people).values()) == {"accepted"}
    assert [call.method for call, _reply in one.serving.seen].count("PUT") == 2
    body = one.destination.add[0].build_request(one.batch("add", people))
    assert one.sender.transport.send(one.destination.authorise(body, None)).status == 413


@pytest.mark.parametrize(
    "contact", [{"city": "Bonn"}, {"email": ANA, "city": None}, {"email": ANA, "custom_fields": {"nope": "x"}}]
)
def test_the_fake_refuses_what_sendgrid_refuses(rig: Callable[..., Any], contact: dict[str, Any]) -> None:
    one = rig("sendgrid", TABLE)
    with httpx.Client(trust_env=False, headers={"Authorization": f"Bearer {one.fake.token}"}) as client:
        answer = client.put(f"{one.serving.url}/v3/marketing/contacts", json={"contacts": [contact]})
    assert answer.status_code == 400


def _batch(operation: Any, *keys: str, ids: dict[str, str] | None = None, job: str | None = None) -> Batch:
    known = ids or {}
    return Batch(RUN, tuple(Record(operation, key, "c", "p", "{}", "h", None, known.get(key)) for key in keys), job)


def _json(status: int, body: object) -> Response:
    return Response(status, json.dumps(body).encode())
