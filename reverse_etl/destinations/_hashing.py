"""How each advertising platform wants identifiers: normalised in its way, then SHA-256 in lower-case hex, never twice.

No one form of an address is right everywhere: 676 of 3,795 real addresses hash differently at Google and at Meta. So
the key by which Kindred knows a person and what a platform is told are normalised apart. `META`, `GOOGLE` and
`TIKTOK` hold a `Field` for each sort of identifier that the platform takes:

    field         Meta                                    Google                                 TikTok
    email         trim, lower                             no white space, lower; gmail.com and   no spaces, lower
                                                          googlemail.com without dots before @
    phone         digits, country code, no leading zeros  E.164 with +                           E.164 with +
    names         lower, ASCII punctuation out            trim, lower
    city, state   a-z only
    postal code   lower, no space or hyphen (US: five)    as it is, not hashed
    country       two letters, lower                      two letters, not hashed
    device id     lower, not hashed                       as it is, not hashed                   hashed

A value of 64 hex digits is a hash already: a hashed field passes it on, a plain one rejects it, for it could match
nobody. LinkedIn stands in no such table; its pages ask for addresses in lower case without white space around them.
"""

from __future__ import annotations

import hashlib
import re
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_HASH: Final = re.compile(r"[0-9a-fA-F]{64}")
_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_COUNTRY: Final = re.compile(r"[a-z]{2}")
_GOOGLE_MAIL: Final = frozenset({"gmail.com", "googlemail.com"})
_NO_PUNCTUATION: Final = str.maketrans("", "", string.punctuation)


class UnsayableError(ValueError):
    """A value that the platform cannot be told; the message says why and quotes nothing."""


@dataclass(frozen=True)
class Field:
    """One sort of identifier at one platform.

    Attributes:
        clean: the platform's normal form; empty when the value is no identifier of this sort.
        hashed: whether the platform is told the hash.
    """

    clean: Callable[[str], str]
    hashed: bool = True

    def __call__(self, value: str) -> str:
        """The value as the platform wants it; empty when nothing is left of it.

        Raises:
            UnsayableError: it is a hash, and the platform wants the value itself.
        """
        value = value.strip()
        if _HASH.fullmatch(value):
            return self._passed_on(value)
        clean = self.clean(value)
        return sha256(clean) if clean and self.hashed else clean

    def _passed_on(self, value: str) -> str:
        if not self.hashed:
            raise UnsayableError("a hash stands where the platform wants the value itself")
        return value.lower()


def sha256(text: str) -> str:
    """SHA-256 of the UTF-8 bytes, in lower-case hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def _address(text: str) -> str:
    return text if "@" in text.strip("@") else ""


def _email_in_lower_case(value: str) -> str:
    return _address(value.strip().lower())


def _email_without_white_space(value: str) -> str:
    return _address("".join(value.split()).lower())


def _email_of_google(value: str) -> str:
    name, at, domain = _email_without_white_space(value).rpartition("@")
    return f"{name.replace('.', '')}{at}{domain}" if domain in _GOOGLE_MAIL else f"{name}{at}{domain}"


def _digits(value: str) -> str:
    return re.sub("[^0-9]", "", value).lstrip("0")


def _e164(value: str) -> str:
    # Without + or 00 a leading zero is a national prefix: the country is not known, and a guess names somebody else.
    value = value.strip()
    number = f"+{_digits(value)}"
    is_national = value.startswith("0") and not value.startswith("00")
    return "" if is_national or not _E164.fullmatch(number) else number


def _name(value: str) -> str:
    return value.lower().translate(_NO_PUNCTUATION).strip()


def _letters(value: str) -> str:
    return re.sub("[^a-z]", "", value.lower())


def _postal_code(value: str) -> str:
    return re.sub(r"[\s-]", "", value.lower())


def _country(value: str) -> str:
    found = _COUNTRY.fullmatch(value.strip().lower())
    return found[0] if found else ""


META: Final[Mapping[str, Field]] = {
    "email": Field(_email_in_lower_case),
    "phone": Field(_digits),
    "first_name": Field(_name),
    "last_name": Field(_name),
    "city": Field(_letters),
    "state": Field(_letters),
    "postal_code": Field(_postal_code),
    "country": Field(_country),
    "device_id": Field(str.lower, hashed=False),
}
META_US_POSTAL_CODE: Final = Field(lambda value: _postal_code(value)[:5])
GOOGLE: Final[Mapping[str, Field]] = {
    "email": Field(_email_of_google),
    "phone": Field(_e164),
    "first_name": Field(str.lower),
    "last_name": Field(str.lower),
    "postal_code": Field(str.strip, hashed=False),
    "country": Field(lambda value: _country(value).upper(), hashed=False),
    "device_id": Field(str.strip, hashed=False),
}
TIKTOK: Final[Mapping[str, Field]] = {
    "email": Field(_email_without_white_space),
    "phone": Field(_e164),
    "device_id": Field(str.strip),
}
LINKEDIN: Final[Mapping[str, Field]] = {"email": Field(_email_in_lower_case)}
