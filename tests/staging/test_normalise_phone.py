"""normalise_phone against the library of record, for every country that it knows."""

from __future__ import annotations

import csv
import random
import runpy
from pathlib import Path
from typing import TYPE_CHECKING

import phonenumbers
import pytest
from phonenumbers import PhoneMetadata, PhoneNumberFormat, PhoneNumberType

if TYPE_CHECKING:
    from conftest import Project

COUNTRIES = sorted(phonenumbers.SUPPORTED_REGIONS)
PERSONAL = (
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.VOIP,
    PhoneNumberType.PERSONAL_NUMBER,
)
SERVICES = (
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.UAN,
    PhoneNumberType.PAGER,
    PhoneNumberType.VOICEMAIL,
)
NUMBERS_A_KIND = 6
NOISE = 10_000
_DIGITS = "0123456789"
_OTHER_SCRIPTS = ["".join(chr(zero + digit) for digit in range(10)) for zero in (0x0660, 0x0966, 0xFF10)]
"""Arabic, Devanagari and full-width digits."""


Written = tuple[str, str, str]
"""What somebody wrote, in which country, and the number in E.164."""


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def _numbers(rng: random.Random, country: str) -> dict[str, phonenumbers.PhoneNumber]:
    """Numbers like the library's examples, with other last digits, as far as the library knows them to exist."""
    found = {}
    for kind in PERSONAL:
        example = phonenumbers.example_number_for_type(country, kind)
        for _ in range(NUMBERS_A_KIND if example else 0):
            national, new = phonenumbers.national_significant_number(example), rng.choice((0, 2, 4, 6))
            drawn = national[: len(national) - new] + "".join(rng.choices(_DIGITS, k=new))
            number = phonenumbers.parse(f"+{example.country_code}{drawn}")
            if _is_personal(number) and phonenumbers.is_valid_number_for_region(number, country):
                found[_e164(number)] = number
    return found


def _is_personal(number: phonenumbers.PhoneNumber) -> bool:
    return phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) in PERSONAL


def _ways_to_write(rng: random.Random, number: phonenumbers.PhoneNumber, country: str) -> list[tuple[str, str]]:
    """The number as it is dialled at home, from abroad, and as cards, links, machines and other scripts show it."""
    styles = (PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL, PhoneNumberFormat.RFC3966)
    abroad, national, link = (phonenumbers.format_number(number, style) for style in styles)
    e164, bare = _e164(number), "".join(character for character in national if character.isdigit())
    script = str.maketrans(_DIGITS, rng.choice(_OTHER_SCRIPTS))
    at_home = (national, bare, link, abroad, e164, f" {national} ext. 12", national.replace(" ", "."))
    odd = (national.replace(" ", "\u00a0"), f"\u202a{abroad}\u202c", national.translate(script))
    away = [(e164.replace("+", "00"), "DE"), (e164.replace("+", "011 "), "US"), (abroad, "XX"), (e164, "DE")]
    return [*((text, country) for text in (*at_home, *odd)), *away, *_with_the_zero(number, country)]


def _with_the_zero(number: phonenumbers.PhoneNumber, country: str) -> list[tuple[str, str]]:
    """Where 0 is dialled first: +49 (0) 30 …, and 4930…, which lacks the 0 and so has lost its plus."""
    if PhoneMetadata.metadata_for_region(country).national_prefix != "0":
        return []
    digits, code = _e164(number)[1:], str(number.country_code)
    bracketed = f"+{code} (0) {digits[len(code) :]}"
    return [(digits, country), *([(bracketed, "FR")] if _library(bracketed, "FR") else [])]


def _library(text: str, country: str) -> phonenumbers.PhoneNumber | None:
    """What the library reads, if a person can have that number."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    return number if _is_personal(number) else None


@pytest.fixture(scope="module")
def written() -> list[Written]:
    rng = random.Random(7)  # noqa: S311 - test data
    return [
        (text, place, e164)
        for country in COUNTRIES
        for e164, number in _numbers(rng, country).items()
        for text, place in _ways_to_write(rng, number, country)
    ]


def test_every_way_to_write_a_number_gives_the_same_number_in_every_country(
    project: Project, written: list[Written]
) -> None:
    made = project.made_of("phone", [row[:2] for row in written])
    wrong = [(*row, value) for row, value in zip(written, made, strict=True) if value != row[2]]
    assert len({e164 for _, _, e164 in written}) > 3_000
    assert not wrong, f"{len(wrong)} of {len(written)}: {wrong[:20]}"


def _noise(rng: random.Random) -> tuple[str, str]:
    digits = "".join(rng.choices(_DIGITS, k=rng.randint(3, 14)))
    country = rng.choice(COUNTRIES)
    shape = rng.choice(
        (
            *("{d}", "0{d}", "+{d}", "00{d}", "011{d}", "+{c}{d}", "+{c}0{d}", "{c} {d}", "+{c} (0) {d}"),
            *("{d}x", "{d}+{d}", "tel {d}", "{d} ext. 5", "{d}/{d}"),
        )
    )
    return shape.format(d=digits, c=phonenumbers.country_code_for_region(country)), country


def test_of_noise_nothing_invalid_becomes_an_identifier_and_little_is_read_otherwise(project: Project) -> None:
    rng = random.Random(11)  # noqa: S311 - test data
    drawn = [_noise(rng) for _ in range(NOISE)]
    made = project.made_of("phone", drawn)
    kept = [(*row, value) for row, value in zip(drawn, made, strict=True) if value]
    read = [(*row, value, _library(*row)) for row, value in zip(drawn, made, strict=True)]
    invalid = [row for row in kept if not _is_personal(phonenumbers.parse(row[2]))]
    otherwise = [row for row in read if row[2] and row[3] and row[2] != _e164(row[3])]
    refused = [row for row in read if row[3] and not row[2]]
    assert len(kept) > NOISE / 50, "the noise is too wild to say anything"
    assert not invalid
    assert not [row for row in otherwise if not row[0].startswith(str(phonenumbers.country_code_for_region(row[1])))]
    assert len(otherwise) <= 0.001 * NOISE, otherwise
    assert not [row for row in refused if not set(row[0]) & set("x+/")], (
        "only clutter is refused that the library reads"
    )


def test_a_service_number_names_nobody(project: Project) -> None:
    examples = [phonenumbers.example_number_for_type(country, kind) for country in COUNTRIES for kind in SERVICES]
    numbers = [_e164(number) for number in examples if number]
    assert len(numbers) > 400
    assert project.made_of("phone", [(number, "DE") for number in numbers]) == [None] * len(numbers)


def test_the_country_of_the_source_says_what_a_national_number_means(project: Project) -> None:
    written = [("079 123 45 60",), ("0791234560",)]
    assert project.made_of("phone in Switzerland", written) == ["+41791234560"] * 2
    assert project.made_of("phone", [("079 123 45 60", "CH"), ("079 123 45 60", "DE")]) == [
        "+41791234560",
        "+49791234560",
    ]
    assert project.made_of("phone somewhere", written) == project.made_of("phone", [(*row, "DE") for row in written])
    assert project.made_of("phone", [(*row, None) for row in written]) == ["+49791234560"] * 2


def test_the_peculiar_countries(project: Project) -> None:
    peculiar = {
        ("06 1234 5678", "IT"): "+390612345678",  # the 0 belongs to the number
        ("+39 6 1234 5678", "IT"): None,
        ("11 15-2345-6789", "AR"): "+5491123456789",  # the 15 of a mobile becomes a 9 in front
        ("+54 9 11 2345 6789", "DE"): "+5491123456789",
        ("222 123 4567", "MX"): "+522221234567",
        ("+52 1 222 123 4567", "MX"): None,  # the 1 of mobiles was given up in 2020
        ("0 15 11 96123-4567", "BR"): "+5511961234567",  # a carrier's code behind the 0
        ("8 (912) 345-67-89", "RU"): "+79123456789",
        ("8 701 234 5678", "KZ"): "+77012345678",
        ("07781 123456", "GG"): "+447781123456",
        ("416-555-0123", "CA"): "+14165550123",
        ("460 1234", "AG"): "+12684601234",  # dialled without the area code
    }
    made = project.made_of("phone", list(peculiar))
    library = {row: (number := _library(*row)) and _e164(number) for row in peculiar}
    assert dict(zip(peculiar, made, strict=True)) == peculiar == library


def test_what_is_no_number_is_no_identifier(project: Project) -> None:
    words = ("", "+", "anonymous", "12:30", "++49 171 1234567", "1-800-FLOWERS", "call 030 123456")
    digits = ("0", "49", "0000000000", "999999999999999999", "+49 00 1234567", "110", "112", "+800 1234 5678")
    rows = [*((text, "DE") for text in (*words, *digits)), ("0616 548532", "GB"), (None, "DE")]
    assert project.made_of("phone", rows) == [None] * len(rows)


@pytest.mark.parametrize("seed", ["phone_country_rules", "phone_number_plans"])
def test_the_seeds_are_the_librarys(seed: str) -> None:
    writer = runpy.run_path(str(Path(__file__).with_name("phone_plans.py")))
    header, lines = writer["SEEDS"][seed]
    with (writer["FOLDER"] / f"{seed}.csv").open(newline="") as file:
        found = [tuple(line) for line in csv.reader(file)]
    assert found == [header, *lines()], "write the seeds anew: python tests/staging/phone_plans.py"
