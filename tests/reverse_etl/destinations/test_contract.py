"""What holds for every destination that has a fake: the same tests, with what each kind needs to be opened.

A new kind adds a line to CASES, and one that sends in two ways adds two.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from reverse_etl.destinations import KINDS
from reverse_etl.fakes import FAKES
from reverse_etl.fakes._faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def _same(key: str) -> str:
    return key


def _sha256(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _md5_without_country(key: str) -> str:
    return hashlib.md5(key.removeprefix("+86").encode(), usedforsecurity=False).hexdigest()


def _emails(number: int) -> list[str]:
    return [f"person{one}@example.com" for one in range(number)]


def _phones(number: int) -> list[str]:
    return [f"+86138{one:08}" for one in range(number)]


def _ids(number: int) -> list[str]:
    return [f"customer-{one}" for one in range(number)]


@dataclass(frozen=True)
class Case:
    """How a kind is opened and looked at.

    Attributes:
        table: its fields in destinations.toml; `{url}` is the fake's address.
        secrets: those besides `token`.
        keys: so many keys of the type that it takes.
        held_as: how the fake names somebody with a key.
        refused: what the fake's refusal of one key among several comes to.
        refuses_batches: whether the vendor may fail a whole request because of one record.
        most: the most records that the vendor takes in one request; None where the vendor counts no records.
        wrong: values that `problems` has to name, by field.
        columns: the payload's columns.
    """

    table: Mapping[str, Any]
    keys: Callable[[int], list[str]]
    held_as: Callable[[str], str] = _same
    secrets: Mapping[str, str] = field(default_factory=dict)
    refused: str = "rejected"
    refuses_batches: bool = True
    most: int | None = None
    wrong: Mapping[str, Any] = field(default_factory=dict)
    columns: tuple[str, ...] = ()


CASES: dict[str, Case] = {
    "braze": Case({"attribute": "in_audience"}, _ids, most=75, wrong={"attribute": "email", "key": "card"}),
    "customerio": Case(
        {"segment_id": "7", "site_id": "a site", "app_token_env": "APP", "app_url": "{url}", "key": "email"},
        _emails,
        secrets={"app_token": "an app token for tests"},
        refuses_batches=False,
        most=100,
        wrong={"segment_id": "seven", "key": "phone", "app_url": "http://example.com", "app_token_env": ""},
    ),
    "google_data_manager": Case(
        {
            "operating_account_id": "1234567890",
            "audience_id": "8000",
            "terms_of_service_accepted": True,
            "ad_personalization": False,
        },
        _emails,
        _sha256,
        refused="unknown",  # PARTIAL_SUCCESS does not say who
        most=10_000,
        wrong={"operating_account_id": "123-456", "audience_id": "", "terms_of_service_accepted": False, "key": "name"},
    ),
    "hubspot_contacts": Case(
        {"audience_property": "in_audience"}, _emails, most=100, wrong={"audience_property": "", "id_property": ""}
    ),
    "hubspot_list": Case({"list_id": "77"}, _emails, most=100, wrong={"list_id": "", "id_property": ""}),
    "iterable": Case({"list_id": 7}, _emails, most=1_000, wrong={"list_id": 0, "key": "phone"}),
    "klaviyo_list": Case({"list_id": "Y6nRLr"}, _emails, most=10_000, wrong={"list_id": "", "identifier": "name"}),
    "klaviyo_profiles": Case(
        {"audience_property": "in_audience"},
        _emails,
        most=10_000,
        wrong={"audience_property": "", "identifier": "name"},
    ),
    "linkedin_audience": Case(
        {"segment_id": "10804"},
        _emails,
        _sha256,
        most=5_000,
        wrong={"segment_id": "urn:7", "version": "2026-06", "requests_per_minute": 0.0},
    ),
    "mailchimp_list": Case(
        {"list_id": "f00dfeed42", "audience_field": "INAUDIENCE"},
        _emails,
        most=500,
        wrong={"list_id": "", "status_if_new": "unsubscribed", "audience_tag": "left"},
    ),
    "mailchimp_segment": Case(
        {"list_id": "f00dfeed42", "segment_id": 4242},
        _emails,
        most=500,
        wrong={"list_id": "", "status_if_new": "cleaned", "segment_id": 0},
    ),
    "meta_audience": Case(
        {"audience_id": "2385"}, _emails, _sha256, most=10_000, wrong={"audience_id": "x", "key": "x"}
    ),
    "salesforce": Case(
        {"object": "Contact", "external_id_field": "Kindred_Id__c", "status_field": "In_Audience__c"},
        _ids,
        wrong={
            "object": "Contact; --",
            "status_field": "",
            "external_id_field": "a b",
            "version": "62",
            "bulk_above": -1,
        },
    ),
    "salesforce in bulk": Case(
        {
            "object": "Contact",
            "external_id_field": "Kindred_Id__c",
            "status_field": "In_Audience__c",
            "bulk_above": 0,
        },
        _ids,
        refuses_batches=False,
    ),
    "sendgrid": Case(
        {"list_id": "ca1b40cd-8d5b-4b0c-9d5b-2f6f5a4f2a01"},
        _emails,
        most=30_000,
        wrong={"list_id": "", "identifier": "name", "custom_fields": "spent"},
    ),
    "tencent_audience": Case(
        {"account_id": "5000", "audience_id": "6000"},
        _phones,
        _md5_without_country,
        refused="unknown",  # the file's counts do not say who
        refuses_batches=False,
        wrong={"account_id": "", "audience_id": "six"},
    ),
    "tiktok_audience": Case(
        {"advertiser_id": "7000", "audience_id": "9000"},
        _emails,
        _sha256,
        most=1_000,
        wrong={"advertiser_id": "", "audience_id": "nine", "key": "name"},
    ),
}


def kind_of(case: str) -> str:
    """The kind of a case: the first word of its name."""
    return case.partition(" ")[0]


EVERY = pytest.mark.parametrize("kind", sorted(CASES))


@pytest.fixture
def opened(rig: Callable[..., Any], kind: str) -> Callable[..., Any]:
    def open_case(**fake: Any) -> Any:
        case = CASES[kind]
        return rig(kind_of(kind), case.table, FAKES[kind_of(kind)](**fake), case.secrets, case.columns)

    return open_case


def test_every_fake_has_a_case_and_every_case_a_kind() -> None:
    assert FAKES.keys() <= {kind_of(case) for case in CASES} <= KINDS.keys()


@EVERY
def test_people_are_added_updated_and_removed_and_nobody_else_is_touched(opened: Callable[..., Any], kind: str) -> None:
    case, one = CASES[kind], opened()
    *ours, stranger = case.keys(5)
    one.fake.hold({case.held_as(stranger): {}})
    assert set(one.verdicts("add", ours).values()) == {"accepted"}
    assert set(one.fake.held()) == {case.held_as(key) for key in [*ours, stranger]}
    assert set(one.verdicts("update", ours[:2]).values()) == {"accepted"}
    assert set(one.verdicts("remove", ours[1:3]).values()) == {"accepted"}
    assert set(one.fake.held()) == {case.held_as(key) for key in [ours[0], ours[3], stranger]}


@EVERY
def test_adding_twice_and_removing_somebody_who_is_not_there_are_accepted(
    opened: Callable[..., Any], kind: str
) -> None:
    one, keys = opened(), CASES[kind].keys(2)
    assert set(one.verdicts("add", keys).values()) == {"accepted"}
    assert set(one.verdicts("add", keys).values()) == {"accepted"}
    assert set(one.verdicts("remove", keys).values()) == {"accepted"}
    assert set(one.verdicts("remove", keys).values()) == {"accepted"}
    assert not one.fake.held()


@EVERY
def test_one_refused_record_is_the_only_one_that_is_not_taken(opened: Callable[..., Any], kind: str) -> None:
    case = CASES[kind]
    keys = case.keys(7)
    refused = "c-3" if kind == "customerio" else case.held_as(keys[2])  # its segment knows people by their ids only
    one = opened(refused=frozenset({refused}))
    said = one.verdicts("add", keys)
    assert said[keys[2]] == case.refused
    if case.refused == "rejected":
        assert {said[key] for key in keys if key != keys[2]} == {"accepted"}
    assert set(one.fake.held()) == {case.held_as(key) for key in keys if key != keys[2]}


@EVERY
def test_a_batch_that_is_refused_because_of_one_record_is_halved_down_to_it(
    opened: Callable[..., Any], kind: str
) -> None:
    case = CASES[kind]
    if not case.refuses_batches:
        pytest.skip("this vendor does not fail a request because of one record")
    keys = case.keys(7)
    one = opened(refused=frozenset({case.held_as(keys[5])}), refuses_whole_batch=True)
    said = one.verdicts("add", keys)
    assert said.pop(keys[5]) == "rejected"
    assert set(said.values()) == {"accepted"}
    assert set(one.fake.held()) == {case.held_as(key) for key in said}


@EVERY
@pytest.mark.parametrize("retry_after", [None, "0"])
def test_a_rate_limit_is_waited_out_and_is_no_attempt(
    opened: Callable[..., Any], kind: str, retry_after: str | None
) -> None:
    one = opened()
    one.serving.fail(Fault("rate_limit", retry_after, times=6))
    assert set(one.verdicts("add", CASES[kind].keys(2)).values()) == {"accepted"}


@EVERY
def test_an_answer_that_was_lost_is_asked_for_again_and_nobody_is_there_twice(
    opened: Callable[..., Any], kind: str
) -> None:
    one, keys = opened(), CASES[kind].keys(3)
    one.serving.fail(Fault("drop"), Fault("error"))
    assert one.destination.facts.idempotent
    assert set(one.verdicts("add", keys).values()) == {"accepted"}
    assert set(one.fake.held()) == {CASES[kind].held_as(key) for key in keys}


@EVERY
def test_when_no_answer_comes_at_all_nothing_is_claimed(opened: Callable[..., Any], kind: str) -> None:
    one = opened()
    one.serving.fail(Fault("close", times=50))
    answer = one.send("add", CASES[kind].keys(2))
    assert {outcome.verdict for outcome in answer.outcomes} == {"unknown"}


@EVERY
def test_a_wrong_credential_stops_the_run_with_a_sentence(opened: Callable[..., Any], kind: str) -> None:
    one = opened()
    one.fake.token = "another token"  # noqa: S105 - no secret
    one.fake.__dict__.update({"app_token": "another"} if kind == "customerio" else {})
    answer = one.send("add", CASES[kind].keys(2))
    assert answer.stop
    assert answer.stop.endswith(".")
    assert {outcome.verdict for outcome in answer.outcomes} == {"retryable"}
    assert not one.fake.held()


@EVERY
def test_no_reason_quotes_a_key(opened: Callable[..., Any], kind: str) -> None:
    case = CASES[kind]
    keys = case.keys(4)
    for whole in (False, True):
        one = opened(refused=frozenset(map(case.held_as, keys)), refuses_whole_batch=whole)
        reasons = [outcome.reason or "" for outcome in one.said("add", keys).values()]
        quoted = [*keys, *map(case.held_as, keys)]  # a hash of an address names its owner too
        assert not [reason for reason in reasons for key in quoted if key in reason]


@EVERY
def test_the_vendor_refuses_one_more_than_a_batch_holds(opened: Callable[..., Any], kind: str) -> None:
    case, one = CASES[kind], opened()
    if case.most is None:
        pytest.skip("this vendor takes a file and counts no records")
    assert one.destination.facts.batch_size <= case.most
    assert set(one.send("add", case.keys(case.most)).outcomes) != set()
    assert one.send("add", case.keys(case.most + 1)).refused


@EVERY
def test_each_wrong_setting_is_named(kind: str) -> None:
    case = CASES[kind]
    right = {"base_url": "https://example.com", "token_env": "TOKEN", **case.table}
    right = {name: "https://example.com" if value == "{url}" else value for name, value in right.items()}
    of = KINDS[kind_of(kind)]
    assert of.problems(of.settings(**right)) == []
    for name, value in {**case.wrong, "token_env": "", "base_url": "http://example.com", "attempts": 0}.items():
        found = of.problems(of.settings(**{**right, name: value}))
        assert [problem[0] for problem in found] == [name]


@EVERY
def test_a_destination_that_can_be_read_says_whom_it_holds(opened: Callable[..., Any], kind: str) -> None:
    one, keys = opened(), CASES[kind].keys(3)
    if one.destination.read is None:
        pytest.skip("this vendor cannot be read back")
    one.said("add", keys)
    one.said("remove", keys[:1])
    assert set(one.read()) == set(keys[1:])
