"""normalise_phone against the library of record, on numbers drawn from its own plans and on noise."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

if TYPE_CHECKING:
    from conftest import Project

COUNTRIES = [
    *("DE", "AT", "CH", "FR", "NL", "BE", "LU", "GB", "IE", "ES", "PT", "IT", "DK", "SE", "NO", "FI", "PL", "CZ", "SK"),
    *("HU", "GR", "RO", "BG", "HR", "SI", "EE", "LV", "LT", "TR", "UA", "US", "CA", "AU", "NZ", "ZA", "IN", "CN", "JP"),
    *("KR", "SG", "HK", "IL", "AE", "SA"),
]
"""The demo's countries and 33 more. Argentina, Brazil and Mexico are left out: they dial digits inside a number."""

DIAL_ZERO_FIRST = {c for c in COUNTRIES if phonenumbers.PhoneMetadata.metadata_for_region(c).national_prefix == "0"}
"""Where a number without its 0 and with the calling code in front is one that lost its plus in a spreadsheet."""

NUMBERS_A_KIND = 15
NOISE = 4_000


def _known_to_be_valid(rng: random.Random, country: str) -> list[phonenumbers.PhoneNumber]:
    """Numbers like the library's examples, with other last digits."""
    found: dict[str, phonenumbers.PhoneNumber] = {}
    for kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE):
        example = phonenumbers.example_number_for_type(country, kind)
        for _ in range(NUMBERS_A_KIND if example else 0):
            national = phonenumbers.national_significant_number(example)
            drawn = national[:-4] + f"{rng.randrange(10_000):04d}"
            number = phonenumbers.parse(f"+{example.country_code}{drawn}")
            if phonenumbers.is_valid_number_for_region(number, country):
                found[drawn] = number
    return list(found.values())


def _ways_to_write(number: phonenumbers.PhoneNumber, country: str) -> list[tuple[str, str]]:
    """The number as it is dialled at home, from abroad, and as cards, links and machines show it."""
    shown = [
        phonenumbers.format_number(number, style)
        for style in (
            PhoneNumberFormat.E164,
            PhoneNumberFormat.INTERNATIONAL,
            PhoneNumberFormat.NATIONAL,
            PhoneNumberFormat.RFC3966,
        )
    ]
    national = shown[2]
    bare = "".join(character for character in national if character.isdigit())
    at_home = [(text, country) for text in (*shown, bare, f" {national} ext. 12", national.replace(" ", "."))]
    e164 = shown[0]
    away = [(e164.replace("+", "00"), "DE"), (e164.replace("+", "011 "), "US"), (shown[1], "XX")]
    return [*at_home, *away, *([(e164.replace("+", ""), country)] if country in DIAL_ZERO_FIRST else [])]


@pytest.fixture(scope="module")
def written() -> list[tuple[str, str, str, str]]:
    """Country of the number, its E.164, and a way to write it in a country."""
    rng = random.Random(7)  # noqa: S311 - test data
    return [
        (country, phonenumbers.format_number(number, PhoneNumberFormat.E164), text, place)
        for country in COUNTRIES
        for number in _known_to_be_valid(rng, country)
        for text, place in _ways_to_write(number, country)
    ]


def test_every_way_to_write_a_number_gives_the_same_number(
    project: Project, written: list[tuple[str, str, str, str]]
) -> None:
    made = project.made_of("phone", [(text, place) for _, _, text, place in written])
    wrong = [(*row, value) for row, value in zip(written, made, strict=True) if value != row[1]]
    assert len(written) > 8_000
    assert not wrong, f"{len(wrong)} of {len(written)}: {wrong[:20]}"


def _noise(rng: random.Random) -> tuple[str, str]:
    digits = "".join(rng.choices("0123456789", k=rng.randint(5, 13)))
    country = rng.choice(COUNTRIES)
    code = phonenumbers.country_code_for_region(country)
    shape = rng.choice(
        ("{d}", "0{d}", "+{d}", "00{d}", "+{c}{d}", "{c} {d}", "+{c} (0) {d}", "{d}x", "{d}+{d}", "tel {d}")
    )
    return shape.format(d=digits, c=code), country


def _library(text: str, country: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None


def test_what_the_library_holds_impossible_hardly_ever_becomes_an_identifier(project: Project) -> None:
    rng = random.Random(11)  # noqa: S311 - test data
    drawn = [_noise(rng) for _ in range(NOISE)]
    made = project.made_of("phone", drawn)
    kept = [(text, country, value) for (text, country), value in zip(drawn, made, strict=True) if value]
    impossible = [row for row in kept if not phonenumbers.is_possible_number(phonenumbers.parse(row[2]))]
    assert len(kept) > NOISE / 10, "the noise is too wild to say anything"
    assert len(impossible) <= 0.02 * len(drawn), f"{len(impossible)} of {len(drawn)}: {impossible[:20]}"


def test_noise_that_the_library_can_read_is_only_read_otherwise_where_a_plus_may_be_lost(project: Project) -> None:
    rng = random.Random(13)  # noqa: S311 - test data
    drawn = [_noise(rng) for _ in range(NOISE)]
    made = project.made_of("phone", drawn)
    differ = []
    for (text, country), value in zip(drawn, made, strict=True):
        number = _library(text, country)
        if value and number and phonenumbers.is_valid_number(number):
            expected = phonenumbers.format_number(number, PhoneNumberFormat.E164)
            differ += [(text, country, value, expected)] if value != expected else []
    unexplained = [row for row in differ if not row[0].startswith(str(phonenumbers.country_code_for_region(row[1])))]
    assert not unexplained
    assert len(differ) <= 0.005 * len(drawn), f"{len(differ)} of {len(drawn)}: {differ[:20]}"


def test_what_is_no_number_is_no_identifier(project: Project) -> None:
    words = ("", "+", "anonymous", "12:30", "++49 171 1234567")
    digits = ("0", "49", "0000000000", "999999999999999999", "+49 00 1234567")
    rows = [*((text, "DE") for text in (*words, *digits)), ("0616 548532", "GB"), (None, "DE")]
    assert project.made_of("phone", rows) == [None] * len(rows)


def test_the_rules_are_the_librarys(project: Project) -> None:
    rules = project.select("select country, calling_code, trunk_prefix from seeds.phone_country_rules")
    assert {country for country, _, _ in rules} == set(phonenumbers.SUPPORTED_REGIONS)
    for country, calling_code, trunk_prefix in rules:
        known = phonenumbers.PhoneMetadata.metadata_for_region(country)
        assert (calling_code, trunk_prefix) == (str(known.country_code), known.national_prefix), country
