"""Raw rows that no source should write; docs/bad_input.md says what becomes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse import connect

if TYPE_CHECKING:
    from warehouse import Settings

LOADED = "timestamp '2026-06-01 12:00:00'"
BUSY = 200_000
WRITTEN = {
    "shop_customers": [
        {
            "user_id": "BAD-ZOE\0",
            "email": "\u202azoe@bad.example\u202c",
            "first_name": "\u202eZo\0ë 🎉",
            "last_name": "\u2067O'Neill\u2069\tSmith",
            "birth_date": "1990-07-03",
            "country": "DE",
            "created_at": "2026-01-01T00:00:00Z",
            "updated_at": "2026-01-01T00:00:00Z",
        },
        {
            "user_id": "BAD-KARL",
            "email": "karl@bad.example",
            "first_name": "Karl",
            "last_name": "Old",
            "birth_date": "1900-01-01",
            "country": "DE",
            "created_at": "2026-01-01T00:00:00Z",
            "updated_at": "2026-01-01T00:00:00Z",
        },
        {
            "user_id": "BAD-TOMORROW",
            "email": "tomorrow@bad.example",
            "birth_date": "2027-01-01",
            "created_at": "2027-01-01T00:00:00Z",
            "updated_at": "2027-01-01T00:00:00Z",
        },
    ],
    "consent_events": [
        {
            "consent_event_id": "BAD-1",
            "email": "zoe@bad.example",
            "purpose": "marketing",
            "channel": "email",
            "recipient": "any",
            "jurisdiction": "EU",
            "decision": "granted",
            "policy_version": "2024-01",
            "proof": "double opt-in 1",
            "occurred_at": "2026-01-02T00:00:00Z",
        },
    ],
    "shop_orders": [
        {"order_id": "BAD-EUR", "currency": "EUR", "total_amount": "119.00", "tax_amount": "19.00"},
        {"order_id": "BAD-USD", "currency": "usd ", "total_amount": "10,00", "tax_amount": "0"},
        {"order_id": "BAD-XTS", "currency": "XTS", "total_amount": "500.00", "tax_amount": "0"},
        {"order_id": "BAD-SIGN", "currency": "€", "total_amount": "500.00", "tax_amount": "0"},
        {"order_id": "BAD-LESS", "currency": "EUR", "total_amount": "-500.00", "tax_amount": "0"},
        {
            "order_id": "BAD-FUTURE",
            "currency": "EUR",
            "total_amount": "500.00",
            "tax_amount": "0",
            "ordered_at": "2027-01-01T00:00:00Z",
        },
    ],
    "shop_order_items": [
        {"order_item_id": "BAD-1", "order_id": "BAD-EUR", "quantity": "-2", "unit_price": "59.50"},
        {"order_item_id": "BAD-2", "order_id": "BAD-EUR", "quantity": "2", "unit_price": "59.50"},
    ],
    "shop_refunds": [
        {"refund_id": "BAD-KNOWN", "order_id": "BAD-EUR", "amount": "11.90", "tax_amount": "1.90"},
        {"refund_id": "BAD-XTS", "order_id": "BAD-XTS", "amount": "7.00", "tax_amount": "0"},
        {"refund_id": "BAD-LOOSE", "order_id": "NEVER-HEARD-OF", "amount": "30.00", "tax_amount": "0"},
        {"refund_id": "BAD-NONE", "order_id": "", "amount": "5.00", "tax_amount": "0"},
        {"refund_id": "BAD-LESS", "order_id": "BAD-EUR", "amount": "-11.90", "tax_amount": "0"},
    ],
    "survey_responses": [
        {
            "response_id": "BAD-1",
            "survey_type": "psychographic",
            "email": "zoe@bad.example",
            "question": "How would you describe your style?",
            "answer": "\u202esporty\0 🏃🏽‍♀️\r\nand شيك",
            "answered_at": "2026-05-01T00:00:00Z",
        },
    ],
}
"""Raw rows as the sources wrote them."""
DEFAULTS = {
    "shop_orders": {"user_id": "BAD-KARL", "status": "completed", "ordered_at": "2026-05-01T00:00:00Z"},
    "shop_refunds": {"currency": "EUR", "refunded_at": "2026-05-10T00:00:00Z"},
}
EVENTS = f"""
insert into raw.web_events by name
select
    'BAD-' || number as event_id, 'page_view' as event_type, 'web' as platform, 'BAD-ROBOT' as user_id,
    'bad-cookie-' || number % 3 as anonymous_id,
    strftime(timestamp '2026-05-01 00:00:00' + to_seconds(number * 10), '%Y-%m-%dT%H:%M:%SZ') as occurred_at,
    timestamp '2026-06-30 12:00:00' as _loaded_at
from range({BUSY}) as numbers (number)
"""


def write_bad_rows(settings: Settings) -> None:
    """Add them all to the raw tables that the demo has filled."""
    with connect(settings) as connection:
        for table, rows in WRITTEN.items():
            for row in rows:
                values = {**DEFAULTS.get(table, {}), **row}
                names = ", ".join(f"? as {name}" for name in values)
                connection.execute(
                    f"insert into raw.{table} by name select {names}, {LOADED} as _loaded_at", list(values.values())
                )
        connection.execute(EVENTS)
