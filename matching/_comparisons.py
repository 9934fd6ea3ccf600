"""What is compared, and how much each answer weighs.

The model is that of Fellegi and Sunter (1969): an answer that is m likely between two records of one person, and u
likely between two people, multiplies the odds by m / u. For answers of the kind "the same", u is how common the very
value is: a rare name says more than a common one. The other numbers are fixed and reviewed here, not trained on a
company's data. Among customers who share no identifier few are one person and many are a family, and training takes the
family for the person.

The sign of an answer says whether it tells the person from the family: a couple shares name and home, twins a birthday.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Level:
    """One answer that a comparison can give.

    Attributes:
        says: the answer in words, without any value.
        condition: SQL over the two records' columns, `<column>_l` and `<column>_r`.
        m: how likely it is between two records of one person, 0 to 1.
        u: how likely it is between two people, 0 to 1.
        frequency_of: the column whose value's own frequency stands in for u.
        sign: 1 if it speaks for one person and not only for one family, -1 if against, 0 if neither; 3 if it alone
            outweighs the others that speak against.
    """

    says: str
    condition: str
    m: float
    u: float
    frequency_of: str | None = None
    sign: int = 0


@dataclass(frozen=True)
class Comparison:
    """One question about two records.

    Attributes:
        name: what it is called in Splink's output.
        unknown: SQL that is true when one side does not say; then the question weighs nothing.
        levels: the answers, from the strongest; the first whose condition holds is given, the last one always holds.
    """

    name: str
    unknown: str
    levels: tuple[Level, ...]


_OTHERWISE = "ELSE"


def _missing(column: str) -> str:
    return f"{column}_l is null or {column}_r is null"


def _alike(left: str, right: str, least: float) -> str:
    return f"jaro_winkler_similarity({left}_l, {right}_r) >= {least}"


def _edits(column: str, most: int) -> str:
    return f"damerau_levenshtein({column}_l, {column}_r) <= {most}"


def _name(column: str, other: str, word: str, *, sign: int) -> Comparison:
    nearly = f"({_alike(column, column, 0.92)} or (length({column}_l) > 4 and {_edits(column, 1)}))"
    crossed = f"({_alike(column, other, 0.92)} or {_alike(other, column, 0.92)})"
    swapped = f"({_alike(column, other, 0.92)} and {_alike(other, column, 0.92)})"
    return Comparison(
        column,
        _missing(column),
        (
            Level(f"same {word}", f"{column}_l = {column}_r", 0.78, 0.001, frequency_of=column, sign=sign),
            Level(f"nearly the same {word}", nearly, 0.10, 0.0007, sign=sign),
            Level(f"{word} in the other name's place", swapped, 0.02, 0.0001, sign=sign),
            Level(f"{word} in the other name's place, on one side", crossed, 0.02, 0.002),
            Level(f"similar {word}", _alike(column, column, 0.8), 0.04, 0.008),
            Level(f"another {word}", _OTHERWISE, 0.04, 0.99, sign=-sign),
        ),
    )


_BIRTH_DATE = Comparison(
    "birth_date",
    _missing("birth_date"),
    (
        Level("same birthday", "birth_date_l = birth_date_r", 0.88, 0.00006, frequency_of="birth_date", sign=1),
        Level("birthday but for one digit", _edits("birth_date", 1), 0.07, 0.0017, sign=1),
        Level("another birthday", _OTHERWISE, 0.05, 0.998, sign=-1),
    ),
)

# Brothers and sisters may have numbers that follow one another, but none with two digits swapped.
_SWAPPED_DIGITS = (
    f"{_edits('national_id', 1)} and length(national_id_l) = length(national_id_r)"
    " and list_sort(string_split(national_id_l, '')) = list_sort(string_split(national_id_r, ''))"
)
_NATIONAL_ID = Comparison(
    "national_id",
    _missing("national_id"),
    (
        Level("same id number", "national_id_l = national_id_r", 0.80, 0.00005, frequency_of="national_id", sign=3),
        Level("id number but for two digits swapped", _SWAPPED_DIGITS, 0.05, 0.00001, sign=3),
        Level("id number but for one digit", _edits("national_id", 1), 0.05, 0.00005, sign=1),
        Level("another id number", _OTHERWISE, 0.10, 0.999),
    ),
)

# The two lines of an address change places as often as they are misspelt.
_SAME_STREET = " or ".join(
    _alike(left, right, 0.9) for left, right in (("street", "street"), ("street", "street_2"), ("street_2", "street"))
)
_STREET = Comparison(
    "street",
    "coalesce(street_l, street_2_l) is null or coalesce(street_r, street_2_r) is null",
    (
        Level("same house", f"({_SAME_STREET}) and street_number_l = street_number_r", 0.60, 0.0001),
        Level("same street", f"({_SAME_STREET})", 0.20, 0.002),
        Level("same second line of the address", _alike("street_2", "street_2", 0.9), 0.05, 0.003),
        Level("another street", _OTHERWISE, 0.15, 0.995),
    ),
)

_PLACE = Comparison(
    "place",
    "coalesce(postal_code_l, city_l) is null or coalesce(postal_code_r, city_r) is null",
    (
        Level("same postal code", "postal_code_l = postal_code_r", 0.80, 0.0015, frequency_of="postal_code"),
        Level(
            "same town, and postal code but for one digit",
            f"{_edits('postal_code', 1)} and {_alike('city', 'city', 0.92)}",
            0.07,
            0.0008,
        ),
        Level("same town", "city_l = city_r", 0.05, 0.02, frequency_of="city"),
        Level("nearly the same town", _alike("city", "city", 0.92), 0.02, 0.003),
        Level("another town", _OTHERWISE, 0.06, 0.96),
    ),
)


def _local(email: str) -> str:
    return f"split_part({email}, '@', 1)"


def _digits(email: str) -> str:
    return f"list_sort(string_split(regexp_replace({_local(email)}, '[^0-9]', '', 'g'), ''))"


def _some_emails(condition: str) -> str:
    """Whether it holds for one email of the one record, `mine`, and one of the other, `theirs`."""
    pairs = f"list_transform(emails_l, lambda mine: list_transform(emails_r, lambda theirs: {condition}))"
    return f"list_bool_or(flatten({pairs}))"


# anna1@ and anna2@ are two mailboxes and no slip of the finger: a digit may be lost, doubled or swapped, not replaced.
_SLIP = (
    "split_part(mine, '@', 2) = split_part(theirs, '@', 2)"
    f" and length({_local('mine')}) >= 5 and damerau_levenshtein(mine, theirs) <= 1"
    f" and (length(mine) <> length(theirs) or {_digits('mine')} = {_digits('theirs')})"
)
_SAME_MAILBOX = f"{_local('mine')} = {_local('theirs')} and length({_local('mine')}) >= 5"
# Addresses are made of names, so that among people of one name such a pair is far from rare: u is set high on purpose.
_EMAIL = Comparison(
    "email",
    _missing("emails"),
    (
        Level("same mailbox name at another provider", _some_emails(_SAME_MAILBOX), 0.10, 0.0002, sign=1),
        Level("an email but for one slip", _some_emails(_SLIP), 0.20, 0.0002, sign=1),
        Level("other emails", _OTHERWISE, 0.70, 0.9996),
    ),
)

COMPARISONS: tuple[Comparison, ...] = (
    _name("first_name", "last_name", "first name", sign=1),
    _name("last_name", "first_name", "last name", sign=0),
    _BIRTH_DATE,
    _NATIONAL_ID,
    _STREET,
    _PLACE,
    _EMAIL,
)
"""Every question that is asked about two records."""
