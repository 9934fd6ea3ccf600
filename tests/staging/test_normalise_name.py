"""normalise_name and comparable_name against Python's own knowledge of letters, on names of many countries."""

from __future__ import annotations

import random
import re
import unicodedata
from typing import TYPE_CHECKING

from faker import Faker

if TYPE_CHECKING:
    from conftest import Project

LOCALES = ["de_DE", "fr_FR", "es_ES", "pl_PL", "cs_CZ", "da_DK", "sv_SE", "tr_TR", "hu_HU", "pt_BR", "nl_NL", "vi_VN"]
LOCALES += ["en_IE", "ru_RU", "uk_UA", "el_GR", "zh_CN", "ja_JP", "ko_KR"]
PER_LOCALE = 150
_SPELT = (("ß", "ss"), ("æ", "a"), ("œ", "o"), ("þ", "th"), ("aa", "a"), ("ae", "a"), ("oe", "o"), ("ue", "u"))
_STROKES = str.maketrans("øłđð\u0131ħŧς", "olddihtσ")  # noqa: RUF001 - Greek has a letter for the end of a word


def _names() -> list[str]:
    drawn = []
    for locale in LOCALES:
        faker = Faker(locale)
        faker.seed_instance(7)
        drawn += [f"{faker.first_name()} {faker.last_name()}" for _ in range(PER_LOCALE)]
    return drawn


def _folded(name: str) -> str:
    """Lower case without marks, by the Unicode database."""
    apart = unicodedata.normalize("NFD", name.lower())
    text = unicodedata.normalize("NFC", "".join(c for c in apart if unicodedata.category(c) != "Mn"))
    text = text.translate(_STROKES)
    for written, folded in _SPELT:
        text = text.replace(written, folded)
    return " ".join(re.sub(r"[ ,/_()-]+", " ", re.sub(r"['.]", "", text)).split())


def _mess(rng: random.Random, name: str) -> str:
    """What changes the look of a name and not whose it is."""
    changes = (
        str.upper,
        str.lower,
        lambda text: f"  {text}\u00a0",
        lambda text: text.replace(" ", "   "),
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: f"{text} 😀",
        lambda text: f"\u200b{text}\ufeff",
        lambda text: f"{rng.choice(('Dr.', 'Prof. Dr.', 'Herr', 'Mrs', 'MME', 'Sra.'))} {text}",
        lambda text: text.replace("'", "\u2019"),
        lambda text: text.replace("-", " "),
    )
    for change in rng.sample(changes, k=2):
        name = change(name)
    return name


def test_names_are_folded_as_the_unicode_database_folds_them(project: Project) -> None:
    names = _names()
    made = project.made_of("comparable name", [(name,) for name in names])
    differ = [(name, value, _folded(name)) for name, value in zip(names, made, strict=True) if value != _folded(name)]
    assert len(names) > 2_500
    assert not differ, f"{len(differ)} of {len(names)}: {differ[:20]}"


def test_mess_does_not_make_another_name(project: Project) -> None:
    rng = random.Random(7)  # noqa: S311 - test data
    names = [name for name in _names() if " " in name]
    clean = project.made_of("comparable name", [(name,) for name in names])
    messy = [_mess(rng, name) for name in names]
    made = project.made_of("comparable name", [(text,) for text in messy])
    differ = [row for row in zip(names, messy, clean, made, strict=True) if row[2] != row[3]]
    assert not differ, f"{len(differ)} of {len(names)}: {differ[:20]}"


def test_different_people_stay_different(project: Project) -> None:
    names = sorted({name.casefold() for name in _names()})
    made = project.made_of("comparable name", [(name,) for name in names])
    assert len(set(made)) > 0.995 * len(names)


def test_two_spellings_of_a_name_compare_as_one(project: Project) -> None:
    same = [("Jürgen", "JUERGEN"), ("Søren", "Soeren"), ("Håkon", "Haakon"), ("Strauß", "strauss"), ("Æbel", "Aebel")]
    same += [
        ("O'Neill", "O\u00b4NEILL"),
        ("Müller, Anna", "Anna Müller"),
        ("Dr. med. Eva", "eva"),
        ("Łukasz", "lukasz"),
    ]
    left, right = (project.made_of("comparable name", [(pair[side],) for pair in same]) for side in (0, 1))
    assert left == right
    assert None not in left


def test_the_first_word_is_the_first_name(project: Project) -> None:
    names = {
        "Hans-Peter": "hans",
        "Hans Peter": "hans",
        "Müller, Anna": "anna",
        "Prof. Dr. Eva Maria": "eva",
        "伟": "伟",
        "A.": None,
        "Herr": "herr",  # nobody but a title: better a name that differs than none
    }
    made = project.made_of("comparable first name", [(name,) for name in names])
    assert dict(zip(names, made, strict=True)) == names


def test_what_people_type_who_do_not_want_to_say_is_no_name(project: Project) -> None:
    words = ["-", "...", "?", "n/a", "N/A", "", " ", "123", "😀", "Test", "test", "XXX", "Unknown", "asdfgh", "J", "J."]
    assert project.made_of("comparable name", [(word,) for word in words]) == [None] * len(words)
    shown = project.made_of("name", [(word,) for word in words[:9]])
    assert shown == [None] * 9


def test_a_name_is_shown_as_people_write_it(project: Project) -> None:
    shown = {
        "ANNE-MARIE ": "Anne-Marie",
        "o'neill": "O'Neill",
        "D\u2019Angelo": "D'Angelo",
        "van der  Berg": "van der Berg",
        "McDonald": "McDonald",
        "Eva 👩🏽\u200d💻": "Eva",
        "Jose\u0301": "José",
        "李小龙": "李小龙",
        "Null": "Null",  # a surname
        "Dr. Eva": "Dr. Eva",
    }
    made = project.made_of("name", [(name,) for name in shown])
    assert dict(zip(shown, made, strict=True)) == shown
