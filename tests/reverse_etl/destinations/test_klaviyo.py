"""Klaviyo profiles and lists."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from reverse_etl._errors import BatchRefused, RateLimited, StopDelivery
from reverse_etl._records import ACCEPTED, Batch, Onward, Outcome, Record, Run
from reverse_etl.destinations._contract import Request, Response
from reverse_etl.destinations._klaviyo import build_lookup, next_cursor, parse_lookup
from reverse_etl.destinations._klaviyo_jobs import build_write, next_errors, parse_job, parse_write
from reverse_etl.destinations.klaviyo_list import KlaviyoListSettings, build_membership, parse_membership
from reverse_etl.destinations.klaviyo_profiles import KlaviyoProfilesSettings, build_leave
from reverse_etl.fakes._faults import Fault
from reverse_etl.fakes.klaviyo import KlaviyoList, KlaviyoProfiles
from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Callable

RUN = Run("run-1", "a_sync", "a_destination", "build-1")
PROFILES = {"audience_property": "in_audience"}
LIST = {"list_id": "Y6nRLr"}
MEMBERS_ONLY = {**LIST, "create_profiles": False}
SETTINGS = KlaviyoProfilesSettings(token_env="TOKEN", audience_property="in_audience")  # noqa: S106 - a variable's name
LIST_SETTINGS = KlaviyoListSettings(token_env="TOKEN", list_id="Y6nRLr")  # noqa: S106 - a variable's name
ANA, BEN, CEM, DAN = (f"{name}@example.com" for name in ("ana", "ben", "cem", "dan"))
HEADERS = {"revision": "2026-07-15", "Content-Type": "application/vnd.api+json"}


def test_a_job_holds_own_fields_places_and_custom_properties_apart() -> None:
    fields = '{"first_name": "O\'Brien", "city": "Bonn", "spent": 12.30, "vip": true, "plan": null}'
    record = Record("add", ANA, "c", "p", fields, "h")
    request = build_write(SETTINGS, {"in_audience": True}, "Y6nRLr", Batch(RUN, (record,)))
    assert (request.method, request.url) == ("POST", "https://a.klaviyo.com/api/profile-bulk-import-jobs")
    assert request.headers["Content-Type"] == "application/vnd.api+json"
    assert json.loads(request.body)["data"] == {
        "type": "profile-bulk-import-job",
        "attributes": {
            "profiles": {
                "data": [
                    {
                        "type": "profile",
                        "attributes": {
                            "first_name": "O'Brien",
                            "email": ANA,
                            "location": {"city": "Bonn"},
                            "properties": {"spent": 12.3, "vip": True, "in_audience": True},
                        },
                        "meta": {"patch_properties": {"unset": ["plan"]}},
                    }
                ]
            }
        },
        "relationships": {"lists": {"data": [{"type": "list", "id": "Y6nRLr"}]}},
    }


def test_a_profile_that_clears_a_field_of_klaviyos_own_goes_alone() -> None:
    clears = Record("add", ANA, "c", "p", '{"first_name": null}', "h")
    request = build_write(SETTINGS, {}, "", Batch(RUN, (clears,)))
    assert request.url == "https://a.klaviyo.com/api/profile-import"
    assert json.loads(request.body)["data"]["attributes"] == {"first_name": None, "email": ANA}
    with pytest.raises(BatchRefused):
        build_write(SETTINGS, {}, "", Batch(RUN, (clears, clears._replace(payload="{}"))))


def test_an_import_is_pending_and_a_single_profile_is_taken() -> None:
    job = _json(202, {"data": {"type": "profile-bulk-import-job", "id": "J"}})
    assert parse_write(_batch("add", ANA, BEN), job) == [Outcome("pending", "J")] * 2
    alone = _json(201, {"data": {"type": "profile", "id": "P"}})
    assert parse_write(_batch("add", ANA), alone) == [Outcome("accepted", None, "P")]
    assert [one.verdict for one in parse_write(_batch("add", ANA), _json(202, {}))] == ["unknown"]


def test_a_job_that_ended_is_read_by_its_errors() -> None:
    error = {"title": "Invalid", "detail": "bad", "original_payload": {"email": BEN.upper()}}
    by_id = {"title": "Invalid", "detail": "gone", "original_payload": {"id": "P3"}}
    pages = (_json(200, {"data": [{"attributes": error}]}), _json(200, {"data": [{"attributes": by_id}]}))
    said = parse_job(SETTINGS, _job_batch(ANA, BEN, CEM, ids={CEM: "P3"}), _job("complete", 3, 2, *pages))
    assert said == [ACCEPTED, Outcome("rejected", "Invalid: bad"), Outcome("rejected", "Invalid: gone")]


def test_failures_that_are_counted_and_not_named_leave_everybody_unknown() -> None:
    nobody = _json(200, {"data": [{"attributes": {"title": "Invalid", "original_payload": None}}]})
    said = parse_job(SETTINGS, _job_batch(ANA, BEN), _job("complete", 2, 1, nobody))
    assert [outcome.verdict for outcome in said] == ["unknown", "unknown"]
    fewer = parse_job(SETTINGS, _job_batch(ANA, BEN), _job("complete", 1, 0))
    assert [outcome.verdict for outcome in fewer] == ["unknown", "unknown"]


@pytest.mark.parametrize(
    ("status", "verdict"),
    [("queued", "pending"), ("processing", "pending"), ("cancelled", "unknown"), ("complete", "accepted")],
)
def test_a_job_says_how_it_goes(status: str, verdict: str) -> None:
    assert parse_job(SETTINGS, _job_batch(ANA), _job(status, 1, 0))[0].verdict == verdict
    assert parse_job(SETTINGS, _job_batch(ANA), Response(404))[0].verdict == "unknown"


def test_a_page_of_errors_that_is_refused_is_asked_for_again() -> None:
    with pytest.raises(RateLimited):
        parse_job(SETTINGS, _job_batch(ANA), _job("complete", 1, 1, Response(429)))


def test_pages_of_errors_are_asked_for_at_our_own_address() -> None:
    request = Request("GET", "https://a.klaviyo.com/api/profile-bulk-import-jobs/J", b"")
    assert next_errors(request, _job("processing", 2, 1)) is None
    assert next_errors(request, _job("complete", 2, 0)) is None
    first = next_errors(request, _job("complete", 2, 1))
    assert first is not None
    assert first.url == f"{request.url}/import-errors?page%5Bsize%5D=100"
    elsewhere = {"data": [], "links": {"next": "https://elsewhere.example/?page%5Bcursor%5D=abc"}}
    second = next_errors(request, _json(200, elsewhere))
    assert second is not None
    assert second.url == f"{request.url}/import-errors?page%5Bsize%5D=100&page%5Bcursor%5D=abc"
    assert next_errors(request, _json(200, {"data": [], "links": {}})) is None
    assert next_errors(request, Response(500)) is None
    assert next_cursor({}) is None


def test_a_look_up_asks_for_those_whose_id_is_not_known() -> None:
    batch = _batch("remove", ANA, 'o"brien@example.com', ids={ANA: "P1"})
    query = httpx.URL(build_lookup(SETTINGS, batch).url).params
    assert query["filter"] == 'any(email,["o\\"brien@example.com"])'
    assert query["page[size]"] == "100"
    found = _json(200, {"data": [{"id": "P2", "attributes": {"email": BEN.upper()}}]})
    said = parse_lookup(SETTINGS, ACCEPTED, _batch("remove", ANA, BEN, CEM, ids={ANA: "P1"}), found)
    assert said == [Onward("P1"), Onward("P2"), ACCEPTED]


def test_leaving_names_the_profile_by_its_id_and_sets_the_property_false() -> None:
    sent = json.loads(build_leave(SETTINGS, _batch("remove", ANA, ids={ANA: "P1"})).body)["data"]["attributes"]
    assert sent["profiles"]["data"] == [
        {"type": "profile", "id": "P1", "attributes": {"properties": {"in_audience": False}}}
    ]


@pytest.mark.parametrize(("operation", "method"), [("add", "POST"), ("remove", "DELETE")])
def test_a_membership_is_a_relationship(operation: str, method: str) -> None:
    request = build_membership(LIST_SETTINGS, _batch(operation, ANA, ids={ANA: "P1"}))
    assert (request.method, request.url) == (method, "https://a.klaviyo.com/api/lists/Y6nRLr/relationships/profiles")
    assert json.loads(request.body) == {"data": [{"type": "profile", "id": "P1"}]}
    keys = [f"{number}@example.com" for number in range(1001)]
    with pytest.raises(BatchRefused):
        build_membership(LIST_SETTINGS, _batch(operation, *keys))


def test_a_profile_that_is_gone_is_told_from_a_list_that_is_gone() -> None:
    gone = Response(404, b'{"errors": [{"detail": "A profile with id P1 does not exist."}]}')
    assert parse_membership(LIST_SETTINGS, _batch("remove", ANA), gone) == [ACCEPTED]
    assert parse_membership(LIST_SETTINGS, _batch("add", ANA), gone)[0].verdict == "retryable"
    with pytest.raises(BatchRefused):
        parse_membership(LIST_SETTINGS, _batch("remove", ANA, BEN), gone)
    with pytest.raises(StopDelivery, match="check list_id"):
        parse_membership(LIST_SETTINGS, _batch("remove", ANA), Response(404, b"list Y6nRLr does not exist"))


@pytest.mark.parametrize(("kind", "table"), [("klaviyo_profiles", PROFILES), ("klaviyo_list", LIST)])
def test_people_are_pending_until_the_job_ends(rig: Callable[..., Any], kind: str, table: dict[str, Any]) -> None:
    one = rig(kind, table)
    answer = one.send("add", [ANA, BEN])
    assert answer.outcomes == (Outcome("pending", "job-0"),) * 2
    asked = Batch(RUN, answer.batch.records, job="job-0")
    assert one.sender(asked).outcomes == (Outcome("pending", "job-0"),) * 2
    assert one.fake.held() == {}
    assert one.sender(asked).outcomes == (ACCEPTED,) * 2
    assert set(one.fake.held()) == {ANA, BEN}


def test_a_job_that_never_ends_stays_pending(rig: Callable[..., Any]) -> None:
    one = rig("klaviyo_profiles", PROFILES, KlaviyoProfiles(job_polls=None))
    assert one.verdicts("add", [ANA, BEN]) == {ANA: "pending", BEN: "pending"}


def test_errors_are_read_over_all_their_pages(rig: Callable[..., Any]) -> None:
    keys = [f"person{number}@example.com" for number in range(300)]
    bad = frozenset(keys[::2])
    one = rig("klaviyo_profiles", PROFILES, KlaviyoProfiles(refused=bad))
    said = one.verdicts("add", keys)
    assert {key for key, verdict in said.items() if verdict == "rejected"} == bad
    assert set(one.fake.held()) == set(keys) - bad
    pages = [call for call, _reply in one.serving.seen if call.path.endswith("/import-errors")]
    assert [call.query.get("page[cursor]") for call in pages] == [None, "100"]


def test_errors_without_a_name_confirm_nobody(rig: Callable[..., Any]) -> None:
    one = rig("klaviyo_profiles", PROFILES, KlaviyoProfiles(refused=frozenset({ANA}), hides_failures=True))
    assert one.verdicts("add", [ANA, BEN]) == {ANA: "unknown", BEN: "unknown"}


@pytest.mark.parametrize(("kind", "table"), [("klaviyo_profiles", PROFILES), ("klaviyo_list", LIST)])
def test_an_update_clears_custom_and_own_fields_and_keeps_the_rest(
    rig: Callable[..., Any], kind: str, table: dict[str, Any]
) -> None:
    one = rig(kind, table)
    fields = {"first_name": "Ana", "city": "Bonn", "plan": "free", "score": 1, "kept": "yes"}
    one.said("add", {ANA: fields, BEN: fields})
    cleared = {"first_name": None, "city": None, "plan": None, "score": 2}
    said = one.verdicts("update", {ANA: cleared, BEN: {"plan": None}, CEM: {"city": "Ulm"}})
    assert said == {ANA: "accepted", BEN: "accepted", CEM: "accepted"}
    assert one.fake.held() == {
        ANA: {"email": ANA, "first_name": None, "city": None, "score": 2, "kept": "yes"},
        BEN: {"email": BEN, "first_name": "Ana", "city": "Bonn", "score": 1, "kept": "yes"},
        CEM: {"email": CEM, "city": "Ulm"},
    }


def test_a_profile_that_goes_alone_is_put_on_the_list_as_well(rig: Callable[..., Any]) -> None:
    one = rig("klaviyo_list", LIST)
    assert one.verdicts("add", {ANA: {"first_name": None}, BEN: {}}) == {ANA: "accepted", BEN: "accepted"}
    assert set(one.fake.held()) == {ANA, BEN}


def test_leaving_keeps_the_profile_and_makes_none(rig: Callable[..., Any]) -> None:
    one = rig("klaviyo_profiles", PROFILES)
    one.said("add", {ANA: {"plan": "free"}})
    assert one.verdicts("remove", [ANA, BEN]) == {ANA: "accepted", BEN: "accepted"}
    assert list(one.fake.profiles.values()) == [{"email": ANA, "properties": {"plan": "free", "in_audience": False}}]


def test_somebody_whose_address_changed_leaves_under_the_id_of_the_receipt(rig: Callable[..., Any]) -> None:
    one = rig("klaviyo_list", LIST)
    one.said("add", [ANA])
    [profile] = one.fake.profiles
    one.fake.profiles[profile]["email"] = "new@example.com"
    assert one.verdicts("remove", [ANA], **{ANA: profile}) == {ANA: "accepted"}
    assert one.fake.lists["Y6nRLr"] == []


def test_more_people_leave_than_one_look_up_takes(rig: Callable[..., Any]) -> None:
    one = rig("klaviyo_list", LIST)
    keys = [f"person{number}@example.com" for number in range(250)]
    one.fake.hold({key: {} for key in keys})
    assert set(one.verdicts("remove", keys[:249]).values()) == {"accepted"}
    assert set(one.fake.held()) == {keys[249]}


def test_without_new_profiles_only_who_has_one_is_put_on_the_list(rig: Callable[..., Any]) -> None:
    one = rig("klaviyo_list", MEMBERS_ONLY)
    one.fake.put({"email": ANA})
    assert one.verdicts("add", [ANA, BEN]) == {ANA: "accepted", BEN: "retryable"}
    assert (set(one.fake.held()), len(one.fake.profiles)) == ({ANA}, 1)
    with pytest.raises(KindredError, match="city"):
        rig("klaviyo_list", MEMBERS_ONLY, columns=("city", "email"))


@pytest.mark.parametrize("table", [LIST, MEMBERS_ONLY])
@pytest.mark.parametrize("operation", ["add", "remove"])
def test_a_list_that_is_not_there_ends_the_run(rig: Callable[..., Any], table: dict[str, Any], operation: str) -> None:
    one = rig("klaviyo_list", {**table, "list_id": "gone"})
    one.fake.put({"email": ANA})
    assert one.send(operation, [ANA]).stop == "Klaviyo has no list gone: check list_id."


def test_another_identifier_may_be_the_key(rig: Callable[..., Any]) -> None:
    phone = "+491701234567"
    one = rig("klaviyo_profiles", {**PROFILES, "identifier": "phone_number"})
    assert one.destination.facts.identifiers == frozenset({"phone"})
    one.said("add", {phone: {"email": ANA}})
    assert one.read() == {phone: {}}
    assert one.verdicts("remove", [phone]) == {phone: "accepted"}
    assert one.fake.held() == {}


def test_a_rate_limit_in_the_middle_of_a_job_is_waited_out(rig: Callable[..., Any]) -> None:
    one = rig("klaviyo_profiles", PROFILES, KlaviyoProfiles(refused=frozenset({BEN}), job_polls=0))
    one.serving.fail(Fault("none"), Fault("none"), Fault("rate_limit", "0"))
    assert one.verdicts("add", [ANA, BEN]) == {ANA: "accepted", BEN: "rejected"}


def test_everybody_is_read_over_the_pages(rig: Callable[..., Any]) -> None:
    people = {f"person{number}@example.com": {"plan": "free"} for number in range(250)}
    for kind, table in (("klaviyo_profiles", PROFILES), ("klaviyo_list", LIST)):
        one = rig(kind, table, columns=("plan",))
        one.fake.hold(people)
        one.fake.put({"email": ANA})
        assert one.read() == people


def test_a_job_of_more_than_5_mb_is_halved_and_the_fake_refuses_it(rig: Callable[..., Any]) -> None:
    one = rig("klaviyo_profiles", PROFILES)
    facts = one.destination.facts
    assert (facts.max_bytes, facts.requests_per_second, facts.requests_per_minute) == (5_000_000, 10, 150)
    people = {f"person{number}@example.com": {"note": "x" * 90_000} for number in range(60)}
    assert set(one.verdicts("add", people).values()) == {"accepted"}
    assert [call.path for call, _reply in one.serving.seen].count("/api/profile-bulk-import-jobs") == 2
    body = one.destination.add[0].build_request(one.batch("add", people))
    assert one.sender.transport.send(one.destination.authorise(body, None)).status == 413


@pytest.mark.parametrize(
    ("headers", "path", "body", "status"),
    [
        ({"revision": ""}, "/api/profile-bulk-import-jobs", {}, 400),
        ({"Content-Type": "application/json"}, "/api/profile-bulk-import-jobs", {}, 415),
        ({}, "/api/lists/Y6nRLr/relationships/profiles", {"data": [{"type": "profile", "id": "?"}]}, 404),
        ({}, "/api/lists/Y6nRLr/relationships/profiles", {"data": [{"type": "profile", "id": "?"}] * 1001}, 400),
    ],
)
def test_the_fake_refuses_what_klaviyo_refuses(
    rig: Callable[..., Any], headers: dict[str, str], path: str, body: Any, status: int
) -> None:
    one = rig("klaviyo_list", LIST, KlaviyoList())
    key = {"Authorization": f"Klaviyo-API-Key {one.fake.token}"}
    with httpx.Client(trust_env=False, headers={**HEADERS, **key, **headers}) as client:
        answer = client.post(f"{one.serving.url}{path}", content=json.dumps(body))
    assert answer.status_code == status


def _batch(operation: Any, *keys: str, ids: dict[str, str] | None = None) -> Batch:
    known = ids or {}
    return Batch(RUN, tuple(Record(operation, key, "c", "p", "{}", "h", None, known.get(key)) for key in keys))


def _job_batch(*keys: str, ids: dict[str, str] | None = None) -> Batch:
    return Batch(RUN, _batch("add", *keys, ids=ids).records, job="J")


def _json(status: int, body: object) -> Response:
    return Response(status, json.dumps(body).encode())


def _job(status: str, total: int, failed: int, *more: Response) -> Response:
    attributes = {"status": status, "total_count": total, "failed_count": failed}
    body = {"data": {"type": "profile-bulk-import-job", "id": "J", "attributes": attributes}}
    return Response(200, json.dumps(body).encode(), more=more)
