"""A card says what is known in words, hides nothing, and says nothing of what is not known."""

from __future__ import annotations

from decimal import Decimal

from orchestration.card_phrases import other_traits, spoken


def test_a_phrase_needs_every_trait_that_it_names() -> None:
    assert (
        spoken({"nps_score": 9, "nps_answered_at": None, "service_priority": "high"}, "EUR")["Service"]
        == "priority high"
    )


def test_a_trait_that_no_phrase_names_is_shown_with_the_others() -> None:
    traits = {"customer_id": "c", "shoe_size": Decimal("42.5"), "hat_size": None, "orders_count": 3}
    assert other_traits(traits) == {"shoe_size": "42.50"}


def test_numbers_are_written_as_a_reader_expects_them() -> None:
    traits = {
        "net_revenue": Decimal("1234.5000"),
        "orders_count": 3,
        "engagement_score": Decimal("71.62"),
        "visits_30d": 1,
        "product_views_30d": 4,
        "preferred_hour": 18,
        "preferred_weekday": 7,
    }
    lines = spoken(traits, "EUR")
    assert lines["Orders"] == "3 in all · 1,234.50 EUR net of tax and refunds"
    assert lines["Engagement"] == "72 of 100 · 1 visit and 4 product views in 30 days"
    assert lines["To reach"] == "around 18:00 on Sunday"
