"""The hashing table, with known answers: the digests are those of `printf TEXT | sha256sum`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reverse_etl._errors import BatchRefused
from reverse_etl._records import ACCEPTED, Batch, Outcome, Record, Run
from reverse_etl.destinations._hashing import (
    GOOGLE,
    LINKEDIN,
    META,
    META_US_POSTAL_CODE,
    TIKTOK,
    UnsayableError,
    sha256,
)
from reverse_etl.destinations._people import NOTHING_LEFT, key_in, told
from reverse_etl.destinations._rows import NOT_SAID

PLATFORMS = {"meta": META, "google": GOOGLE, "tiktok": TIKTOK, "linkedin": LINKEDIN}
HASH = "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b"
FIELDS = [(platform, name) for platform, fields in PLATFORMS.items() for name in fields]


def test_known_digests() -> None:
    assert META["email"](" Test@Example.com ") == HASH
    assert GOOGLE["email"]("Jane.Doe@gmail.com") == "d6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69"
    assert TIKTOK["phone"]("+49 170 1234567") == "b4267a2234e2072fa4d2e8d89fbe727c50fc414731d6ecacc2ed3d00f05038d1"


@pytest.mark.parametrize(
    ("platform", "name", "value", "normal"),
    [
        ("meta", "email", " Jane.Doe+News@GoogleMail.com\t", "jane.doe+news@googlemail.com"),
        ("google", "email", " Jane. Doe+News@GoogleMail.com\t", "janedoe+news@googlemail.com"),
        ("google", "email", "Jane.Doe@Gmail.com", "janedoe@gmail.com"),
        ("google", "email", "jane.doe@example.com", "jane.doe@example.com"),
        ("google", "email", "jane.doe@mail.gmail.com", "jane.doe@mail.gmail.com"),
        ("tiktok", "email", "Jane. Doe+News@Gmail.com ", "jane.doe+news@gmail.com"),
        ("linkedin", "email", " Jane.Doe@Example.com", "jane.doe@example.com"),
        ("meta", "phone", "+49 (0)170 1234-567", "4901701234567"),
        ("meta", "phone", "0049 170 1234567", "491701234567"),
        ("google", "phone", "+49 170 1234-567", "+491701234567"),
        ("google", "phone", "0049 170 1234567", "+491701234567"),
        ("google", "phone", "491701234567", "+491701234567"),
        ("tiktok", "phone", "+86 138 0013 8000", "+8613800138000"),
        ("meta", "first_name", " O'Brien-Müller. ", "obrienmüller"),
        ("meta", "last_name", "王小明", "王小明"),
        ("google", "first_name", " O'Brien ", "o'brien"),
        ("google", "last_name", "MÜLLER", "müller"),
        ("meta", "city", "St. Louis", "stlouis"),
        ("meta", "city", "Köln", "kln"),
        ("meta", "state", " CA ", "ca"),
        ("meta", "postal_code", "SW1A 1-AA", "sw1a1aa"),
        ("meta", "country", " DE", "de"),
        ("tiktok", "device_id", " AEBE52E7-03EE-455A-B3C4-E57283966239 ", "AEBE52E7-03EE-455A-B3C4-E57283966239"),
    ],
)
def test_each_platform_hashes_its_own_normal_form(platform: str, name: str, value: str, normal: str) -> None:
    assert PLATFORMS[platform][name](value) == sha256(normal)


@pytest.mark.parametrize(
    ("platform", "name", "value", "sent"),
    [
        ("meta", "device_id", "AEBE52E7-03EE-455A-B3C4-E57283966239", "aebe52e7-03ee-455a-b3c4-e57283966239"),
        ("google", "device_id", " AEBE52E7 ", "AEBE52E7"),
        ("google", "postal_code", " SW1A 1AA ", "SW1A 1AA"),
        ("google", "country", "de", "DE"),
    ],
)
def test_what_a_platform_takes_plain_is_not_hashed(platform: str, name: str, value: str, sent: str) -> None:
    assert PLATFORMS[platform][name](value) == sent


def test_an_american_postal_code_is_its_first_five() -> None:
    assert META_US_POSTAL_CODE("94105-1234") == sha256("94105")
    assert META["postal_code"]("94105-1234") == sha256("941051234")


def test_the_same_address_differs_between_platforms() -> None:
    assert META["email"]("jane.doe@gmail.com") != GOOGLE["email"]("jane.doe@gmail.com")


@pytest.mark.parametrize(("platform", "name"), FIELDS)
def test_a_hash_is_passed_on_or_rejected_as_the_field_says_and_never_hashed_again(platform: str, name: str) -> None:
    field = PLATFORMS[platform][name]
    if field.hashed:
        assert field(f" {HASH.upper()} ") == HASH
    else:
        with pytest.raises(UnsayableError, match="a hash stands where the platform wants the value itself"):
            field(HASH)


@pytest.mark.parametrize(("platform", "name"), FIELDS)
@pytest.mark.parametrize("value", ["", "  ", "\t\n"])
def test_nothing_is_never_hashed(platform: str, name: str, value: str) -> None:
    assert PLATFORMS[platform][name](value) == ""


@pytest.mark.parametrize(
    ("platform", "name", "value"),
    [
        ("meta", "email", "not an address"),
        ("google", "email", "@"),
        ("meta", "phone", "n/a"),
        ("google", "phone", "0170 1234567"),
        ("tiktok", "phone", "+123"),
        ("meta", "city", "北京"),
        ("meta", "country", "Germany"),
        ("google", "country", "DEU"),
    ],
)
def test_what_is_no_identifier_of_its_sort_is_empty(platform: str, name: str, value: str) -> None:
    assert PLATFORMS[platform][name](value) == ""


@given(st.text(max_size=30), st.sampled_from(FIELDS))
def test_hashing_what_was_hashed_changes_nothing(value: str, which: tuple[str, str]) -> None:
    field = PLATFORMS[which[0]][which[1]]
    if field.hashed and (once := field(value)):
        assert field(once) == once


def test_those_who_cannot_be_told_are_rejected_and_the_others_keep_their_places() -> None:
    people = told(_batch("ana@example.com", "-", "ben@example.com"), key_in(META["email"]))
    assert people.everybody() == [sha256("ana@example.com"), sha256("ben@example.com")]
    one, two = ACCEPTED, Outcome("unknown", "two")
    assert people.outcomes([one, two]) == [one, Outcome("rejected", NOTHING_LEFT), two]


@pytest.mark.parametrize("answers", [1, 3])
def test_an_answer_of_another_length_says_nothing_about_anybody(answers: int) -> None:
    people = told(_batch("ana@example.com", "-", "ben@example.com"), key_in(META["email"]))
    assert people.outcomes([ACCEPTED] * answers) == [NOT_SAID, Outcome("rejected", NOTHING_LEFT), NOT_SAID]


def test_a_batch_of_nobody_who_can_be_told_is_not_sent() -> None:
    with pytest.raises(BatchRefused, match="every identifier is empty"):
        told(_batch("-", " "), key_in(META["email"])).everybody()


def _batch(*keys: str) -> Batch:
    records = (Record("add", key, None, "permission", "{}", "hash") for key in keys)
    return Batch(Run("run", "sync", "destination", "build"), tuple(records))
