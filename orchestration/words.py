"""Types, times, counts and reasons as a marketer says them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

_TYPES = {
    "email": "e-mail address",
    "phone": "telephone number",
    "user_id": "account",
    "crm_contact": "CRM contact",
    "wechat_unionid": "WeChat union id",
    "wechat_openid": "WeChat open id",
    "device_id": "device",
    "anonymous_id": "browser cookie",
}


_MEETINGS = {"override": "was decided to be the same person as", "matching": "looks like the same person as"}


def met(source: str | None) -> str:
    """What a link says of its two ends; records say that both stood in one of them."""
    return _MEETINGS.get(source or "", "stood together with")


def seen(record_id: str | None, source: str | None, records: int, first: datetime | None, last: datetime | None) -> str:
    """Where and when something was seen: one record as an example, how many more there are, from when to when."""
    where = f"in the {source} record {record_id}" if record_id else f"by the rules of {source}"
    also = f" and in {counted(records - 1, 'other')}" if records and records > 1 else ""
    return f"{where}{also}{_between(first, last)}"


def _between(first: datetime | None, last: datetime | None) -> str:
    if not first or not last:
        return ", at an unknown time"
    if first.date() == last.date():
        return f", on {first:%Y-%m-%d}"
    return f", from {first:%Y-%m-%d} to {last:%Y-%m-%d}"


def typed(identifier_type: str, value: str) -> str:
    """An identifier in words."""
    return f"the {_TYPES.get(identifier_type, identifier_type.replace('_', ' '))} {value}"


def worded(reason: str | None) -> str:
    """A reason from the warehouse, with the types of identifiers in words."""
    text = str(reason)
    for identifier_type, word in _TYPES.items():
        text = text.replace(f"{identifier_type} values", _plural(word)).replace(
            f"values of {identifier_type}", _plural(word)
        )
    return text


def capital(text: str) -> str:
    """The text as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def counted(number: int, noun: str) -> str:
    """A number of things."""
    return f"{number:,} {noun if number == 1 else _plural(noun)}"


def _plural(noun: str) -> str:
    return f"{noun}{'es' if noun.endswith('s') else 's'}"
