"""normalise_email against the library of record, on addresses and on what people make of them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import email_validator
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Project

DRAWN = 4_000
_LOCAL = "abcdefghijklmnopqrstuvwxyzABCXYZ0123456789"
_ODD = "!#$%&'*+/=?^_`{|}~-"
_DOMAINS = ("gmail.com", "Example.ORG", "mail.co.uk", "a-b.example.net", "xn--bcher-kva.de", "t-online.de", "x1.museum")
_WRONG = " ,;:()[]<>@\\\"'..éß\t"


@pytest.fixture(autouse=True)
def _any_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a domain is reserved is not a question of shape."""
    monkeypatch.setattr(email_validator, "SPECIAL_USE_DOMAIN_NAMES", [])


def _address(rng: random.Random) -> str:
    parts = [
        "".join(rng.choices(_LOCAL + _ODD[rng.randrange(19)], k=rng.randint(1, 12))) for _ in range(rng.randint(1, 3))
    ]
    return f"{'.'.join(parts)}@{rng.choice(_DOMAINS)}"


def _mangled(rng: random.Random) -> str:
    """An address with one to three characters put in, taken out or swapped."""
    address = _address(rng)
    for _ in range(rng.randint(1, 3)):
        place = rng.randrange(len(address) + 1)
        change: Callable[[str, int], str] = rng.choice(_CHANGES)
        address = change(address, place) or "@"
    return address


_CHANGES = (
    lambda text, place: text[:place] + _WRONG[(place * 7) % len(_WRONG)] + text[place:],
    lambda text, place: text[:place] + text[place + 1 :],
    lambda text, place: text[:place] + text[place + 1 : place + 2] + text[place : place + 1] + text[place + 2 :],
)


def _library(text: str, *, ascii_only: bool = True) -> str | None:
    try:
        found = email_validator.validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except email_validator.EmailNotValidError:
        return None
    return found.ascii_email if ascii_only else found.normalized


def _is_read_by_both(text: str) -> bool:
    """Whether the library accepts it, and not only because a domain may have one letter."""
    return bool(len(text.rpartition(".")[2].strip()) > 1 and _library(text))


def test_a_valid_address_becomes_an_identifier_in_lower_case(project: Project) -> None:
    rng = random.Random(7)  # noqa: S311 - test data
    drawn = [f"  {address}\n" for address in (_address(rng) for _ in range(DRAWN)) if _library(address)]
    made = project.made_of("email", [(text,) for text in drawn])
    assert len(drawn) > DRAWN * 0.9
    assert [text.strip().lower() for text in drawn] == made


def test_what_the_library_refuses_never_becomes_an_identifier(project: Project) -> None:
    rng = random.Random(11)  # noqa: S311 - test data
    drawn = [_mangled(rng) for _ in range(DRAWN)]
    made = project.made_of("email", [(text,) for text in drawn])
    refused = [value for value in made if value and not _library(value)]
    wrong = [value for value in refused if "--" not in value.partition("@")[2]]  # Punycode, and labels like it
    missed = [text for text, value in zip(drawn, made, strict=True) if not value and _is_read_by_both(text)]
    assert sum(value is None for value in made) > DRAWN / 4, "the changes are too tame to say anything"
    assert not wrong, wrong[:20]
    assert len(refused) <= 0.03 * len(drawn), refused[:20]
    assert len(missed) <= 0.01 * len(drawn), f"{len(missed)} of {len(drawn)}: {missed[:20]}"


_SCRIPTS = {
    "latin": "abcdefghijklmnopqrstuvwxyzäöüßéèçñøåœæğşł",
    "greek": "αβγδεζηθικλμνξοπρστυφχψω",
    "cyrillic": "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    "chinese": "中文网络公司",
    "kana": "ひらがなカタカナ",
    "hangul": "한국어도메인",
    "arabic": "مثالعربي",
    "hebrew": "אבגדהוז",
    "thai": "กขคงจ",
    "devanagari": "कखगघमनरलसह",
}


def _domain(rng: random.Random) -> str:
    letters = "".join(rng.choices(_SCRIPTS[rng.choice(list(_SCRIPTS))], k=rng.randint(2, 10)))
    place = rng.randrange(len(letters) + 1)
    odd = rng.choice((*"-_ .0!", "\u0301")) if rng.random() < 0.3 else ""
    written = letters[:place] + odd + letters[place:]
    return f"{written.upper() if rng.random() < 0.3 else written}.{rng.choice(('com', 'рф', '中国'))}"


def test_a_domain_in_any_script_is_what_the_library_makes_of_it(project: Project) -> None:
    rng = random.Random(17)  # noqa: S311 - test data
    drawn = [f"Anna{number}@{_domain(rng)}" for number in range(DRAWN)]
    made = project.made_of("email", [(text,) for text in drawn])
    library = [(_library(text, ascii_only=False) or "").lower() or None for text in drawn]
    differ = [row for row in zip(drawn, made, library, strict=True) if row[1] != row[2]]
    assert sum(value is None for value in made) > DRAWN / 10
    assert not [row for row in differ if row[1] and row[2]]
    assert len(differ) <= 0.005 * DRAWN, differ[:20]


def test_an_address_comes_out_of_its_wrapping(project: Project) -> None:
    wrapped = [
        "Anna <{}>",
        '"B, Anna" <{}>',
        "<{}>",
        "mailto:{}",
        "<mailto:{}>",
        "{},",
        "{}; ",
        "{}.",
        "\u200b{}\ufeff",
    ]
    rng = random.Random(19)  # noqa: S311 - test data
    drawn = [address for address in (_address(rng) for _ in range(DRAWN // 10)) if _library(address)]
    written = [(shape.format(address), address.lower()) for shape in wrapped for address in drawn]
    assert project.made_of("email", [row[:1] for row in written]) == [address for _, address in written]
    wide = drawn[0].translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    assert project.made_of("email", [(wide,)]) == [drawn[0].lower()]


def test_two_addresses_are_none_and_tags_and_dots_are_not_ours_to_take_away(project: Project) -> None:
    kept = ["a+news@x.org", "a.b@gmail.com", "ab@gmail.com", "a+b.c@googlemail.com"]
    none = ["a@x.org b@x.org", "a@x.org, b@x.org", "a@x.org;b@x.org", "<a@x.org> <b@x.org>", "élan@x.org"]
    assert project.made_of("email", [(text,) for text in [*kept, *none]]) == [*kept, *[None] * len(none)]


def test_the_edges_of_an_address(project: Project) -> None:
    long_label = f"a@{'b' * 63}.org"
    edges = {
        f"{'a' * 64}@example.org": True,
        f"{'a' * 65}@example.org": False,
        long_label: True,
        long_label.replace("@", "@b"): False,
        "anonymous": False,
        "o'neill@example.org": True,
        "a@b": False,
        "a@-b.org": False,
        "a@b-.org": False,
        ".a@b.org": False,
        "a.@b.org": False,
        "a@b..org": False,
        "a@127.0.0.1": False,
        "n/a": False,
        "": False,
    }
    made = project.made_of("email", [(text,) for text in edges])
    assert {text: value is not None for text, value in zip(edges, made, strict=True)} == edges
