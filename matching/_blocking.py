"""Which pairs are looked at: never all of them, only those that agree on something that few people share."""

from __future__ import annotations

BLOCKS: tuple[tuple[str, ...], ...] = (
    ("national_id",),
    ("birth_date", "first_name"),
    ("birth_date", "last_name"),
    ("birth_date", "postal_code"),
    ("birth_date", "city"),
    ("birth_date", "street"),
    ("first_name", "last_name"),
    ("first_name", "postal_code"),
    ("last_name", "postal_code"),
    ("street", "postal_code"),
    ("street", "city"),
    ("street", "first_name"),
    ("street", "last_name"),
    ("city", "last_name", "first_letter"),
    ("city", "first_name", "last_letter"),
)
"""The columns that must be equal, one tuple a rule."""

SWAPPED_NAMES = "l.first_name = r.last_name and l.last_name = r.first_name"

CERTAIN: tuple[tuple[str, ...], ...] = (
    ("first_name", "last_name", "birth_date"),
    ("national_id", "birth_date"),
    ("national_id", "last_name"),
)
"""Who agrees on one of these is surely one person; from their number follows how many pairs are one person at all."""
