"""The raw tables as the sources write them: every column is text, the first one is the source's primary key.

`_loaded_at`, the moment at which the row reached the warehouse, is added to each as the last column.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Zone = Literal["utc", "offset", "berlin"]


@dataclass(frozen=True)
class Table:
    """One raw table.

    Attributes:
        name: its name in schema `raw`.
        columns: in order; the primary key first.
        times: the columns that hold a time.
        amount: the amount without which a row cannot be read, if there is one.
        identifiers: the columns that may name a person.
        zone: how it writes times: `…Z`, with Berlin's offset, or Berlin's clock without a word about it.
    """

    name: str
    columns: tuple[str, ...]
    times: tuple[str, ...] = ()
    amount: str | None = None
    identifiers: tuple[str, ...] = ()
    zone: Zone = "utc"

    @property
    def key(self) -> str:
        """The primary key."""
        return self.columns[0]

    @property
    def required_time(self) -> str | None:
        """The time without which a row cannot be read."""
        return self.times[0] if self.times else None


def _table(
    name: str, columns: str, times: str = "", amount: str | None = None, who: str = "", zone: Zone = "utc"
) -> Table:
    return Table(name, tuple(columns.split()), tuple(times.split()), amount, tuple(who.split()), zone)


_CONTACT = (
    "contact_id email phone first_name last_name birth_date gender country city postal_code lifecycle_stage "
    "created_at updated_at"
)

TABLES: tuple[Table, ...] = (
    _table(
        "web_events",
        "event_id event_type occurred_at platform anonymous_id user_id device_id wechat_openid wechat_unionid email phone "
        "country product_id cart_id page_url user_agent",
        "occurred_at",
        who="anonymous_id user_id device_id wechat_openid wechat_unionid email phone",
    ),
    _table(
        "shop_customers",
        "user_id email phone first_name last_name birth_date gender country city postal_code created_at updated_at",
        "created_at updated_at",
        who="user_id email phone",
        zone="offset",
    ),
    _table(
        "shop_orders",
        "order_id user_id anonymous_id email phone first_name last_name country ordered_at status currency total_amount "
        "tax_amount discount_amount promised_at delivered_at",
        "ordered_at promised_at delivered_at",
        "total_amount",
        "user_id anonymous_id email phone",
        "offset",
    ),
    _table(
        "shop_order_items",
        "order_item_id order_id product_id quantity unit_price discount_amount",
        amount="unit_price",
    ),
    _table(
        "shop_payments",
        "payment_id order_id user_id email status method amount currency attempted_at",
        "attempted_at",
        "amount",
        "user_id email",
        "offset",
    ),
    _table(
        "shop_refunds",
        "refund_id order_id amount tax_amount currency refunded_at reason",
        "refunded_at",
        "amount",
        zone="offset",
    ),
    _table(
        "shop_carts",
        "cart_id user_id anonymous_id email created_at updated_at items_count cart_value currency",
        "created_at updated_at",
        "cart_value",
        "user_id anonymous_id email",
        "offset",
    ),
    _table("shop_products", "product_id name category brand price cost currency"),
    _table("crm_north_contacts", _CONTACT, "created_at updated_at", who="contact_id email phone"),
    _table("crm_south_contacts", _CONTACT, "created_at updated_at", who="contact_id email phone"),
    _table(
        "pos_receipts",
        "receipt_id store_id terminal_id loyalty_card email sold_at status currency total_amount tax_amount discount_amount",
        "sold_at",
        "total_amount",
        "loyalty_card email",
        "berlin",
    ),
    _table(
        "pos_receipt_items",
        "receipt_item_id receipt_id product_id quantity unit_price discount_amount",
        amount="unit_price",
    ),
    _table(
        "loyalty_members",
        "card_number user_id email phone first_name last_name birth_date country city postal_code tier points joined_at "
        "updated_at",
        "joined_at updated_at",
        who="card_number user_id email phone",
    ),
    _table(
        "support_tickets",
        "ticket_id user_id email phone channel subject status priority opened_at due_at first_replied_at solved_at "
        "reopened_count csat_score",
        "opened_at due_at first_replied_at solved_at",
        who="user_id email phone",
    ),
    _table(
        "email_events",
        "email_event_id email campaign_id message_id event_type is_machine_open occurred_at",
        "occurred_at",
        who="email",
    ),
    _table(
        "ad_touches",
        "touch_id touch_type platform campaign_id anonymous_id device_id occurred_at",
        "occurred_at",
        who="anonymous_id device_id",
    ),
    _table("ad_spend", "spend_id spend_date platform campaign_id impressions clicks spend currency", amount="spend"),
    _table(
        "social_interactions",
        "interaction_id network handle wechat_openid wechat_unionid interaction_type sentiment occurred_at",
        "occurred_at",
        who="handle wechat_openid wechat_unionid",
    ),
    _table(
        "survey_responses",
        "response_id survey_type user_id email question score answer answered_at",
        "answered_at",
        who="user_id email",
    ),
    _table(
        "consent_events",
        "consent_event_id user_id email phone loyalty_card purpose channel recipient jurisdiction decision policy_version "
        "proof occurred_at",
        "occurred_at",
        who="user_id email phone loyalty_card",
    ),
    _table(
        "erasure_requests",
        "request_id user_id email phone jurisdiction requested_at",
        "requested_at",
        who="user_id email phone",
    ),
    _table("campaign_sends", "send_id campaign_id channel user_id email arm sent_at", "sent_at", who="user_id email"),
)

BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}

TRUTH: dict[str, dict[str, str]] = {
    "people": {
        "person_id": "varchar",
        "first_name": "varchar",
        "last_name": "varchar",
        "birth_date": "date",
        "gender": "varchar",
        "country": "varchar",
        "email": "varchar",
        "phone": "varchar",
        "is_test": "boolean",
        "household_id": "varchar",
    },
    "record_owners": {
        "record_id": "varchar",
        "person_id": "varchar",
        "mess": "varchar",
        "is_identifiable": "boolean",
    },
    "broken_rows": {"raw_table": "varchar", "primary_key": "varchar", "record_id": "varchar", "kind": "varchar"},
    "campaign_effects": {
        "campaign_id": "varchar",
        "metric": "varchar",
        "control_rate": "double",
        "treatment_rate": "double",
        "effect": "double",
    },
    "campaign_outcomes": {
        "send_id": "varchar",
        "converted": "boolean",
        "converts_untreated": "boolean",
        "converts_treated": "boolean",
    },
}
"""The truth tables: column → DuckDB type. No model reads them."""
