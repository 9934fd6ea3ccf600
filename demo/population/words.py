"""The words that people are made of: names from Faker's lists, cities, mail domains and the rules of phone numbers."""

from __future__ import annotations

import importlib
import unicodedata
from dataclasses import dataclass
from functools import cache

from demo.arrays import Text, text


@dataclass(frozen=True)
class Country:
    """One country of the demo.

    Attributes:
        code: ISO 3166.
        share: of the people.
        locale: Faker's name for its word lists.
        calling: the calling code.
        trunk: what is dialled before a number inside the country.
        mobile: how its mobile numbers begin.
        digits: how many digits follow.
        postal: the digits of a postal code.
        tax: the share of tax in a price before tax, in percent.
        jurisdiction: whose privacy law holds.
        cities: where people live.
        domains: where their mail is.
    """

    code: str
    share: float
    locale: str
    calling: str
    trunk: str
    mobile: tuple[str, ...]
    digits: int
    postal: int
    tax: int
    jurisdiction: str
    cities: tuple[str, ...]
    domains: tuple[str, ...]


_GLOBAL = ("gmail.com", "outlook.com", "icloud.com", "yahoo.com")

COUNTRIES: tuple[Country, ...] = (
    Country(
        "DE", 0.46, "de_DE", "49", "0", ("1511", "1522", "1573", "1602", "1704", "1713", "1763"), 7, 5, 19, "EU",
        ("Berlin", "Hamburg", "München", "Köln", "Frankfurt am Main", "Stuttgart", "Leipzig", "Dresden", "Hannover"),
        ("gmx.de", "web.de", "t-online.de", "posteo.de", *_GLOBAL),
    ),
    Country(
        "AT", 0.08, "de_AT", "43", "0", ("664", "676", "699"), 7, 4, 20, "EU",
        ("Wien", "Graz", "Linz", "Salzburg", "Innsbruck"), ("gmx.at", "aon.at", *_GLOBAL),
    ),
    Country(
        "FR", 0.12, "fr_FR", "33", "0", ("60", "61", "62", "66", "67"), 7, 5, 20, "EU",
        ("Paris", "Lyon", "Marseille", "Toulouse", "Lille"), ("orange.fr", "free.fr", "laposte.net", *_GLOBAL),
    ),
    Country(
        "NL", 0.07, "nl_NL", "31", "0", ("61", "62", "64", "65"), 7, 4, 21, "EU",
        ("Amsterdam", "Rotterdam", "Utrecht", "Den Haag", "Eindhoven"), ("ziggo.nl", "kpnmail.nl", *_GLOBAL),
    ),
    Country(
        "GB", 0.09, "en_GB", "44", "0", ("740", "745", "771", "789"), 7, 5, 20, "UK",
        ("London", "Manchester", "Leeds", "Bristol", "Glasgow"), ("btinternet.com", "hotmail.co.uk", *_GLOBAL),
    ),
    Country(
        "ES", 0.05, "es_ES", "34", "", ("61", "62", "65", "66"), 7, 5, 21, "EU",
        ("Madrid", "Barcelona", "Valencia", "Sevilla"), ("telefonica.net", *_GLOBAL),
    ),
    Country(
        "IT", 0.05, "it_IT", "39", "", ("328", "333", "347", "349"), 7, 5, 22, "EU",
        ("Roma", "Milano", "Torino", "Napoli", "Bologna"), ("libero.it", "virgilio.it", *_GLOBAL),
    ),
    Country(
        "US", 0.03, "en_US", "1", "", ("2123", "3124", "4157", "6178", "2069", "3053", "7028"), 6, 5, 8, "US",
        ("New York", "Chicago", "San Francisco", "Boston"), _GLOBAL,
    ),
    Country(
        "CN", 0.05, "zh_CN", "86", "", ("1381", "1392", "1501", "1862"), 7, 6, 13, "CN",
        ("上海", "北京", "深圳", "杭州", "成都"), ("qq.com", "163.com", "126.com"),
    ),
)  # fmt: skip


@cache
def first_names(locale: str, gender: str) -> Text:
    """Faker's first names of a locale, for `f` or `m`."""
    provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
    return text(dict.fromkeys(provider.first_names_female if gender == "f" else provider.first_names_male))


@cache
def last_names(locale: str) -> Text:
    """Faker's last names of a locale."""
    return text(dict.fromkeys(importlib.import_module(f"faker.providers.person.{locale}").Provider.last_names))


_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o", "æ": "ae"})


@cache
def latin(name: str) -> str:
    """A name as mail addresses spell it: `Müller-Lüdenscheidt` → `muellerluedenscheidt`; nothing without a letter."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(_GERMAN))
    return "".join(letter for letter in plain if "a" <= letter <= "z")
