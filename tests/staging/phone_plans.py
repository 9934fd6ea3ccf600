"""Write the two seeds of normalise_phone from the metadata of `phonenumbers`: `python tests/staging/phone_plans.py`.

The library says in one regular expression for each kind of number what may be dialled. These expressions have neither
look-ahead nor an end that is open, so that each is a finite automaton over ten digits. Where nothing but the length
matters any more, a line of the seed ends: `49,15,579,11,11` says that +49 numbers that begin with 155, 157 or 159 have
eleven digits. So the warehouse compares for equality and needs no regular expression, which would be compiled anew for
each row.
"""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from functools import cache
from itertools import groupby
from pathlib import Path
from re import _parser  # type: ignore[attr-defined]  # the standard library's own reader of patterns
from typing import TYPE_CHECKING, Any

import phonenumbers
from phonenumbers import PhoneMetadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FOLDER = Path(__file__).parents[2] / "dbt_project" / "seeds"
RULES = ("country", "calling_code", "is_main_country", "international_prefix", "trunk_prefix", "trunk_replacement")
PLANS = ("calling_code", "begins_with", "next_digits", "digits_min", "digits_max")
PERSONAL = ("fixed_line", "mobile", "voip", "personal_number")
"""The kinds of number that people have. Free-phone, premium, pager and company-wide numbers name nobody."""

DIGITS = "0123456789"
Part = tuple[Any, ...]
State = frozenset[tuple[Part, ...]]


def regions(code: int) -> tuple[str, ...]:
    """The countries behind a calling code, the main one first."""
    return tuple(phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code])


def calling_codes() -> list[int]:
    """The codes of countries; those of satellites and of international free-phone are left out."""
    return sorted(code for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE if regions(code) != ("001",))


def rules() -> list[tuple[str, ...]]:
    """How numbers are dialled in each country."""
    return [_rule(country) for country in sorted(phonenumbers.SUPPORTED_REGIONS)]


def _rule(country: str) -> tuple[str, ...]:
    known: Any = PhoneMetadata.metadata_for_region(country)
    is_main = regions(known.country_code)[0] == country
    written = (known.international_prefix, known.national_prefix_for_parsing, known.national_prefix_transform_rule)
    prefixes = ((text or "").replace(r"\d", "[0-9]") for text in written)
    return (country, str(known.country_code), str(is_main).lower(), *prefixes)


def plans() -> list[tuple[str, ...]]:
    """Every way in which a person's number can begin, with its lengths, by calling code."""
    return [(str(code), *line) for code in calling_codes() for line in _plan(code)]


def _plan(code: int) -> Iterator[tuple[str, ...]]:
    """Beginnings that differ in the last digit only and have the same lengths share a line."""
    shared = defaultdict(set)
    for begins_with, length in _beginnings(_automaton(code), ""):
        if _is_valid(code, begins_with, length):
            shared[begins_with[:-1], length].add(begins_with[-1:])
    spans = defaultdict(list)
    for (begins_with, length), last in shared.items():
        spans[begins_with, "".join(sorted(last))].append(length)
    for (begins_with, next_digits), lengths in sorted(spans.items()):
        for shortest, longest in _runs(sorted(lengths)):
            yield begins_with, next_digits, str(shortest), str(longest)


def _is_valid(code: int, begins_with: str, length: int) -> bool:
    """The library's last word: of two countries with one code, one may claim a beginning and then refuse the number."""
    rng = random.Random(begins_with)  # noqa: S311 - any digits do
    rest = "".join(rng.choices(DIGITS, k=length - len(begins_with)))
    return phonenumbers.is_valid_number(phonenumbers.parse(f"+{code}{begins_with}{rest}"))


def _runs(lengths: list[int]) -> Iterator[tuple[int, int]]:
    """8, 9, 11 → (8, 9) and (11, 11)."""
    for _, run in groupby(enumerate(lengths), lambda item: item[1] - item[0]):
        together = [length for _, length in run]
        yield together[0], together[-1]


def _automaton(code: int) -> State:
    kinds = [getattr(PhoneMetadata.metadata_for_region(region), kind) for region in regions(code) for kind in PERSONAL]
    patterns = {kind.national_number_pattern for kind in kinds if kind and kind.national_number_pattern}
    return frozenset(_parts(_parser.parse(pattern)) for pattern in patterns)


def _parts(tree: Iterable[tuple[Any, Any]]) -> tuple[Part, ...]:
    """A pattern as a sequence of ("one of", digits), ("either", ways) and ("times", least, most, sequence)."""
    return tuple(part for operator, argument in tree for part in _part(str(operator), argument))


def _part(operator: str, argument: Any) -> tuple[Part, ...]:
    match operator:
        case "LITERAL":
            return (("one of", chr(argument)),)
        case "IN":
            return (("one of", "".join(_members(argument))),)
        case "BRANCH":
            return (("either", tuple(_parts(way) for way in argument[1])),)
        case "SUBPATTERN":
            return _parts(argument[3])
        case "MAX_REPEAT":
            return (("times", int(argument[0]), int(argument[1]), _parts(argument[2])),)
    raise ValueError(f"The library's patterns now use {operator}: teach this module to read it.")


def _members(items: Iterable[tuple[Any, Any]]) -> Iterator[str]:
    for operator, argument in items:
        match str(operator):
            case "LITERAL":
                yield chr(argument)
            case "RANGE":
                yield from map(chr, range(argument[0], argument[1] + 1))
            case "CATEGORY":  # \d
                yield from DIGITS


@cache
def _next(sequence: tuple[Part, ...]) -> tuple[bool, dict[str, State]]:
    """Whether the sequence may end here, and what may follow each digit."""
    if not sequence:
        return True, {}
    (kind, *what), rest = sequence[0], sequence[1:]
    if kind == "one of":
        return False, dict.fromkeys(what[0], frozenset([rest]))
    if kind == "either":
        return _union(way + rest for way in what[0])
    least, most, repeated = what
    again = [(*repeated, ("times", max(least - 1, 0), most - 1, repeated), *rest)] if most else []
    return _union([*([] if least else [rest]), *again])


@cache
def _step(state: State) -> tuple[bool, dict[str, State]]:
    return _union(state)


def _union(sequences: Iterable[tuple[Part, ...]]) -> tuple[bool, dict[str, State]]:
    steps = [_next(sequence) for sequence in sequences]
    digits = {digit for _, moves in steps for digit in moves}
    return any(end for end, _ in steps), {
        digit: frozenset().union(*(moves.get(digit, frozenset()) for _, moves in steps)) for digit in digits
    }


@cache
def _lengths(state: State) -> frozenset[int] | None:
    """How many digits may still come, if that is all that matters; None if it matters which."""
    is_end, moves = _step(state)
    if not moves:
        return frozenset([0])
    after = {_lengths(following) for following in moves.values()}
    [only, *others] = after
    if others or only is None or len(moves) < len(DIGITS):
        return None
    return frozenset(length + 1 for length in only) | frozenset([0] * is_end)


def _beginnings(state: State, begins_with: str) -> Iterator[tuple[str, int]]:
    """Each beginning behind which only the length matters, once for each length of the whole number."""
    lengths = _lengths(state)
    if lengths is not None:
        yield from ((begins_with, len(begins_with) + length) for length in lengths)
        return
    is_end, moves = _step(state)
    if is_end:
        raise ValueError(f"{begins_with} is a number and the beginning of others: the seed has no line for that.")
    for digit, following in moves.items():
        yield from _beginnings(following, begins_with + digit)


SEEDS = {"phone_country_rules": (RULES, rules), "phone_number_plans": (PLANS, plans)}
"""Each seed's columns, and the function that gives its lines."""


if __name__ == "__main__":
    for name, (header, lines) in SEEDS.items():
        with (FOLDER / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *lines()])
