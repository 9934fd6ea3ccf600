"""What a customer's card says of their traits, line by line, in words instead of column names.

A phrase is shown when every trait that it names is known. A trait that no phrase names is shown at the card's end, so
a new one is never hidden.
"""

from __future__ import annotations

import calendar
from decimal import Decimal
from string import Formatter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LINES: dict[str, tuple[str, ...]] = {
    "Known": (
        "since {first_seen_at}",
        "last seen {last_seen_at}",
        "{identifiers_count:identifier} in {sources_count:source}",
        "{profile_completeness:share} of the profile is filled",
        "missing: {missing_attributes}",
    ),
    "Person": (
        "{age} years old",
        "next birthday {next_birthday}",
        "{region}",
        "household of {household_size}",
        "buys for {buying_motive}",
        "style {style_preference}",
        "found us by {discovery_channel}",
    ),
    "Journey": (
        "{journey_stage} for {journey_stage_days:day}, since {journey_stage_since}",
        "before that {previous_journey_stage}",
        "rhythm: {dormancy}, silent for longer than {recency_gap_percentile:share} of such gaps",
        "churn risk {churn_risk:share}, by {churn_model:words}",
    ),
    "Orders": (
        "{orders_count} in all",
        "{orders_365d} in the last year",
        "last one {days_since_last_order:day} ago, on {last_ordered_at}",
        "{net_revenue:money} net of tax and refunds",
        "{average_order_value:money} an order",
        "{refunded_amount:money} refunded",
    ),
    "Value": (
        "{historic_clv:money} so far, more than {clv_percentile:share} of buyers",
        "{predicted_clv:money} in the next 12 months, by about {predicted_orders_12m} orders",
        "not predicted: {clv_status:words}",
        "RFM: {rfm_segment} ({rfm_recency}-{rfm_frequency}-{rfm_monetary})",
        "tier {loyalty_tier}",
        "spend {lifetime_spend_class}",
    ),
    "Engagement": (
        "{engagement_score:whole} of 100",
        "{visits_30d:visit} and {product_views_30d:product view} in 30 days",
        "last visit {last_visited_at}",
        "got as far as {furthest_step_30d}",
        "likes {top_category_1}",
        "then {top_category_2}",
        "the brand {top_brand_1}",
        "drawn to the launch more than {launch_affinity_percentile:share} of those who looked at it",
    ),
    "To reach": (
        "by {preferred_channel}",
        "around {preferred_hour}:00 on {preferred_weekday:weekday}",
        "their clock: {time_zone}",
        "{email_campaigns_90d:campaign} by e-mail in 90 days",
        "{email_open_rate_90d:share} of them opened, {email_click_rate_90d:share} clicked",
    ),
    "Cart": ("left behind on {last_cart_abandoned_at}: {abandoned_cart_items:item}, {abandoned_cart_value:money}",),
    "Service": (
        "priority {service_priority}",
        "NPS {nps_score} on {nps_answered_at}",
        "CSAT {csat_score} on {csat_answered_at}",
        "{tickets_count:ticket}, {open_tickets} open, {overdue_tickets} overdue",
        "badly served on {last_impaired_at}: {impairment_reasons_30d:words}",
    ),
    "Said by others": ("{third_party_tags} (until {third_party_tags_expire_at})",),
}
_NOT_SHOWN = {"customer_id", "as_of"}
_NUMBERS = {"share": ".0%", "whole": ".0f"}
_NOTHING_TO_SAY = {("clv_status", "ok")}


def spoken(traits: Mapping[str, Any], currency: str) -> dict[str, str]:
    """The lines that these traits fill, by their titles.

    Args:
        traits: the columns of `customers`; those that are null are unknown.
        currency: what amounts of money are in.
    """
    said = {name: value for name, value in traits.items() if value is not None}
    known = {name: value for name, value in said.items() if (name, value) not in _NOTHING_TO_SAY}
    lines = {title: " · ".join(_filled(phrases, known, currency)) for title, phrases in LINES.items()}
    return {title: text for title, text in lines.items() if text}


def other_traits(traits: Mapping[str, Any]) -> dict[str, str]:
    """The traits that are known and that no phrase names, as a reader expects them."""
    told = _named() | _NOT_SHOWN
    return {name: cell(value) for name, value in traits.items() if value is not None and name not in told}


def _filled(phrases: Iterable[str], known: Mapping[str, Any], currency: str) -> list[str]:
    words = _Words(currency)
    return [words.vformat(phrase, (), known) for phrase in phrases if _fields(phrase) <= known.keys()]


def _fields(phrase: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(phrase) if name}


def _named() -> set[str]:
    return {name for phrases in LINES.values() for phrase in phrases for name in _fields(phrase)}


class _Words(Formatter):
    """Formats values as a reader expects them.

    As `money`, a `share` of one, a `whole` number, a `weekday` (1 is Monday), `words` instead of a name with
    underscores, so many of another noun, or as they are.
    """

    def __init__(self, currency: str) -> None:
        self._currency = currency

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "money":
            return f"{value:,.2f} {self._currency}"
        if format_spec in _NUMBERS:
            return format(value, _NUMBERS[format_spec])
        if format_spec == "weekday":
            return str(calendar.day_name[value - 1])
        if format_spec == "words":
            return cell(value).replace("_", " ")
        if format_spec:
            return f"{value:,} {format_spec}{'' if value == 1 else 's'}"
        return cell(value)


def cell(value: Any) -> str:
    """One value as a person reads it; nothing for null."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(cell(one) for one in value)
    if hasattr(value, "strftime"):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float | Decimal):
        return f"{value:.2f}"
    return "" if value is None else str(value)
