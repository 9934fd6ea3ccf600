"""Mess in what people and clerks type: typos, placeholders, and many ways to write the same."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from demo.arrays import Bools, Rng, chance, filled, mapped, pick, text
from demo.population.words import COUNTRIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from demo.chunk import Chunk
    from demo.frames import Frame

PLACEHOLDERS: dict[str, tuple[str, ...]] = {
    "email": ("service@kindred-shop.example", "test@test.com", "noreply@example.com", "n/a", "null", "none@none.com"),
    "phone": ("000000", "0000000000", "none", "999999999"),
    "user_id": ("anonymous", "null", "0", "undefined"),
    "anonymous_id": ("00000000-0000-0000-0000-000000000000", "null", "undefined"),
    "loyalty_card": ("0000000000000", "9999999999999"),
}
"""What stands where nobody knew what to write; the first one of the emails is the help desk's own address."""

_PLACEHOLDER_WEIGHTS = (6, 2, 2, 1, 1, 1)
_PLACED_IN = {
    "web_events": ("anonymous_id", "user_id"),
    "shop_orders": ("email", "phone"),
    "support_tickets": ("email", "phone"),
    "crm_north_contacts": ("email", "phone"),
    "crm_south_contacts": ("email", "phone"),
    "loyalty_members": ("email", "phone"),
    "pos_receipts": ("loyalty_card", "email"),
    "survey_responses": ("email",),
}
_TYPED_BY_HAND = {
    "shop_orders": ("email", "first_name", "last_name"),
    "shop_customers": ("first_name", "last_name"),
    "crm_north_contacts": ("email", "first_name", "last_name"),
    "crm_south_contacts": ("email", "first_name", "last_name"),
    "loyalty_members": ("email", "first_name", "last_name"),
    "pos_receipts": ("email",),
    "support_tickets": ("email",),
    "survey_responses": ("email",),
}
_COMMA_SHARE = 0.05
_CALLING_CODES = {country.calling: country.trunk for country in COUNTRIES}
_SHORTEST_TO_MISTYPE = 4


def typos(chunk: Chunk, frame: Frame) -> Frame:
    """Swap, drop or double a letter in names and addresses that somebody typed."""
    for name in _TYPED_BY_HAND.get(frame.table.name, ()):
        rng = chunk.rng(f"typos {frame.table.name} {name}")
        rows = _rows(rng, frame, name, chunk.mess.typos)
        frame = _changed(frame, name, rows, "typos", partial(_mistyped, rng))
    return frame


def placeholders(chunk: Chunk, frame: Frame) -> Frame:
    """Put a placeholder where an identifier stood."""
    for name in _PLACED_IN.get(frame.table.name, ()):
        rng = chunk.rng(f"placeholders {frame.table.name} {name}")
        rows = _rows(rng, frame, name, chunk.mess.placeholder_values)
        options = text(PLACEHOLDERS[name])
        column = frame.column(name).copy()
        column[rows] = options[pick(rng, _PLACEHOLDER_WEIGHTS[: len(options)], int(rows.sum()))]
        frame = frame.with_columns(**{name: column}).marked(rows, "placeholder_values")
    return frame


def formats(chunk: Chunk, frame: Frame) -> Frame:
    """Write emails, phones, names and amounts in other ways that mean the same."""
    national = "country" in frame.table.columns
    amount = frame.table.amount or ""
    writers: dict[str, Callable[[Rng, str], str]] = {
        "email": _email,
        "phone": _phone if national else _international,
        "last_name": lambda _, name: name.upper(),
        amount: lambda _, cents: cents.replace(".", ","),
    }
    for name, write in writers.items():
        if name in frame.columns:
            rng = chunk.rng(f"formats {frame.table.name} {name}")
            share = chunk.mess.format_variations * (_COMMA_SHARE if name == amount else 1)
            rows = _rows(rng, frame, name, share)
            frame = _changed(frame, name, rows, "format_variations", partial(write, rng))
    return frame


def _rows(rng: Rng, frame: Frame, name: str, rate: float) -> Bools:
    return chance(rng, rate, len(frame)) & filled(frame.column(name))


def _changed(frame: Frame, name: str, rows: Bools, kind: str, change: Callable[[str], str]) -> Frame:
    if not rows.any():
        return frame
    column = frame.column(name).copy()
    column[rows] = mapped(change, column[rows])
    return frame.with_columns(**{name: column}).marked(rows, kind)


def _mistyped(rng: Rng, value: str) -> str:
    word, at, domain = value.partition("@")
    if len(word) < _SHORTEST_TO_MISTYPE:
        return value
    place = int(rng.integers(1, len(word) - 2))
    swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    dropped = word[:place] + word[place + 1 :]
    doubled = word[:place] + word[place] + word[place:]
    return (swapped, dropped, doubled)[int(rng.integers(0, 3))] + at + domain


def _email(rng: Rng, value: str) -> str:
    return (value.upper(), value.title(), f" {value}", f"{value} ", f"{value}\t")[int(rng.integers(0, 5))]


def _international(rng: Rng, value: str) -> str:
    calling, rest = _split(value)
    spaced, dialled = f"{rest[:3]} {rest[3:]}", "+1" if calling == "1" else f"00{calling}"
    return (f"{dialled}{rest}", f"+{calling} {spaced}", f"+{calling}-{rest[:3]}-{rest[3:]}", f"{dialled} {spaced}")[
        int(rng.integers(0, 4))
    ]


def _phone(rng: Rng, value: str) -> str:
    if rng.integers(0, 2):
        return _international(rng, value)
    calling, rest = _split(value)
    trunk = _CALLING_CODES[calling]
    bracketed = f"+{calling} ({trunk}) {rest}" if trunk else f"+{calling} {rest}"
    return (f"{trunk}{rest}", f"{trunk}{rest[:3]} {rest[3:]}", f"{trunk}{rest[:3]}/{rest[3:]}", bracketed)[
        int(rng.integers(0, 4))
    ]


def _split(value: str) -> tuple[str, str]:
    calling = next(code for code in _CALLING_CODES if value[1:].startswith(code))
    return calling, value[1 + len(calling) :]
