"""The raw tables as the sources write them: every column is text, the first one is the source's primary key.

`_loaded_at`, the moment at which the row reached the warehouse, is added to each as the last column.
"""

from __future__ import annotations

from demo.table import Table


def _words(line: str) -> tuple[str, ...]:
    return tuple(line.split())


_CONTACT = _words(
    "contact_id email phone first_name last_name birth_date gender country city postal_code "
    "lifecycle_stage created_at updated_at"
)

TABLES: tuple[Table, ...] = (
    Table(
        name="web_events",
        columns=_words(
            "event_id event_type occurred_at platform anonymous_id user_id device_id wechat_openid wechat_unionid "
            "email phone country product_id cart_id page_url user_agent"
        ),
        times=_words("occurred_at"),
        identifiers=_words("anonymous_id user_id device_id wechat_openid wechat_unionid email phone"),
    ),
    Table(
        name="shop_customers",
        columns=_words(
            "user_id email phone first_name last_name birth_date gender country city postal_code created_at updated_at"
        ),
        times=_words("created_at updated_at"),
        identifiers=_words("user_id email phone"),
        zone="offset",
    ),
    Table(
        name="shop_orders",
        columns=_words(
            "order_id user_id anonymous_id email phone first_name last_name country ordered_at status currency "
            "total_amount tax_amount discount_amount promised_at delivered_at"
        ),
        times=_words("ordered_at promised_at delivered_at"),
        amount="total_amount",
        identifiers=_words("user_id anonymous_id email phone"),
        zone="offset",
    ),
    Table(
        name="shop_order_items",
        columns=_words("order_item_id order_id product_id quantity unit_price discount_amount"),
        amount="unit_price",
    ),
    Table(
        name="shop_payments",
        columns=_words("payment_id order_id user_id email status method amount currency attempted_at"),
        times=_words("attempted_at"),
        amount="amount",
        identifiers=_words("user_id email"),
        zone="offset",
    ),
    Table(
        name="shop_refunds",
        columns=_words("refund_id order_id amount tax_amount currency refunded_at reason"),
        times=_words("refunded_at"),
        amount="amount",
        zone="offset",
    ),
    Table(
        name="shop_carts",
        columns=_words("cart_id user_id anonymous_id email created_at updated_at items_count cart_value currency"),
        times=_words("created_at updated_at"),
        amount="cart_value",
        identifiers=_words("user_id anonymous_id email"),
        zone="offset",
    ),
    Table(
        name="shop_products",
        columns=_words("product_id name category brand price cost currency"),
    ),
    Table(
        name="crm_north_contacts",
        columns=_CONTACT,
        times=_words("created_at updated_at"),
        identifiers=_words("contact_id email phone"),
    ),
    Table(
        name="crm_south_contacts",
        columns=_CONTACT,
        times=_words("created_at updated_at"),
        identifiers=_words("contact_id email phone"),
    ),
    Table(
        name="pos_receipts",
        columns=_words(
            "receipt_id store_id terminal_id loyalty_card email sold_at status currency total_amount tax_amount "
            "discount_amount"
        ),
        times=_words("sold_at"),
        amount="total_amount",
        identifiers=_words("loyalty_card email"),
        zone="berlin",
    ),
    Table(
        name="pos_receipt_items",
        columns=_words("receipt_item_id receipt_id product_id quantity unit_price discount_amount"),
        amount="unit_price",
    ),
    Table(
        name="loyalty_members",
        columns=_words(
            "card_number user_id email phone first_name last_name birth_date country city postal_code tier points "
            "joined_at updated_at"
        ),
        times=_words("joined_at updated_at"),
        identifiers=_words("card_number user_id email phone"),
    ),
    Table(
        name="support_tickets",
        columns=_words(
            "ticket_id user_id email phone channel subject status priority opened_at due_at first_replied_at "
            "solved_at reopened_count csat_score"
        ),
        times=_words("opened_at due_at first_replied_at solved_at"),
        identifiers=_words("user_id email phone"),
    ),
    Table(
        name="email_events",
        columns=_words("email_event_id email campaign_id message_id event_type is_machine_open occurred_at"),
        times=_words("occurred_at"),
        identifiers=_words("email"),
    ),
    Table(
        name="ad_touches",
        columns=_words("touch_id touch_type platform campaign_id anonymous_id device_id occurred_at"),
        times=_words("occurred_at"),
        identifiers=_words("anonymous_id device_id"),
    ),
    Table(
        name="ad_spend",
        columns=_words("spend_id spend_date platform campaign_id impressions clicks spend currency"),
        amount="spend",
    ),
    Table(
        name="social_interactions",
        columns=_words(
            "interaction_id network handle wechat_openid wechat_unionid interaction_type sentiment occurred_at"
        ),
        times=_words("occurred_at"),
        identifiers=_words("handle wechat_openid wechat_unionid"),
    ),
    Table(
        name="survey_responses",
        columns=_words("response_id survey_type user_id email question score answer answered_at"),
        times=_words("answered_at"),
        identifiers=_words("user_id email"),
    ),
    Table(
        name="consent_events",
        columns=_words(
            "consent_event_id user_id email phone loyalty_card purpose channel recipient jurisdiction decision "
            "policy_version proof occurred_at"
        ),
        times=_words("occurred_at"),
        identifiers=_words("user_id email phone loyalty_card"),
    ),
    Table(
        name="erasure_requests",
        columns=_words("request_id user_id email phone jurisdiction requested_at"),
        times=_words("requested_at"),
        identifiers=_words("user_id email phone"),
    ),
    Table(
        name="campaign_sends",
        columns=_words("send_id campaign_id channel user_id email arm sent_at"),
        times=_words("sent_at"),
        identifiers=_words("user_id email"),
    ),
    # What a provider says of a person never tells us who somebody is: it has keys and no identifiers.
    Table(
        name="enrichment_tags",
        columns=_words(
            "tag_id email email_sha256 phone phone_sha256 tag tag_value confidence provider observed_at expires_at"
        ),
        times=_words("observed_at expires_at"),
        amount="confidence",
    ),
)

BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}
