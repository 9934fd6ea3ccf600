"""What people do must give every segment members, and campaigns their known effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from warehouse import Settings

_END = "timestamptz '2026-07-01 00:00:00+00'"
_MADE_ORDERS = """
    orders as (
        select person_id, try_cast(ordered_at as timestamptz) as happened_at, status
        from raw.shop_orders
        inner join truth.record_owners on record_id = 'shop_orders:' || order_id
    ),
    visits as (
        select person_id, try_cast(occurred_at as timestamptz) as happened_at, event_type, product_id
        from raw.web_events
        inner join truth.record_owners on record_id = 'web_events:' || event_id
    )
"""
_SEGMENTS = {
    "visited_not_converted": f"""
        select distinct person_id from visits
        where happened_at >= {_END} - interval 30 day and person_id not in (select person_id from orders)
    """,
    "browsed_not_bought": f"""
        select person_id from visits where event_type = 'product_view' and happened_at >= {_END} - interval 7 day
        group by person_id having count(distinct product_id) >= 3
    """,
    "cart_abandoners": f"""
        select person_id from raw.shop_carts
        inner join truth.record_owners on record_id = 'shop_carts:' || cart_id
        where try_cast(updated_at as timestamptz) >= {_END} - interval 7 day
            and not exists (
                select 1 from orders where orders.person_id = record_owners.person_id
                    and orders.happened_at >= try_cast(created_at as timestamptz)
            )
    """,
    "payment_failures": f"""
        select order_id from raw.shop_payments
        where status = 'failed' and try_cast(attempted_at as timestamptz) >= {_END} - interval 3 day
            and order_id not in (select order_id from raw.shop_payments where status = 'paid' and order_id is not null)
    """,
    "win_back": f"""
        select person_id from orders where status = 'completed'
        group by person_id having max(happened_at) < {_END} - interval 365 day
    """,
    "birthday_care": """
        select person_id from truth.people where strftime(birth_date, '%m-%d') between '07-01' and '07-07'
    """,
    "leap_days": "select person_id from truth.people where strftime(birth_date, '%m-%d') = '02-29'",
    "loyal": f"""
        select person_id from orders where happened_at >= {_END} - interval 365 day
        group by person_id having count(*) >= 3
    """,
    "service_recovery": f"""
        select ticket_id from raw.support_tickets
        where csat_score in ('1', '2') and try_cast(opened_at as timestamptz) >= {_END} - interval 60 day
    """,
    "advocates": "select response_id from raw.survey_responses where survey_type = 'nps' and score in ('9', '10')",
    "social_engaged": f"""
        select interaction_id from raw.social_interactions
        where try_cast(occurred_at as timestamptz) >= {_END} - interval 30 day
    """,
    "granted_again": """
        select person_id from raw.consent_events
        inner join truth.record_owners on record_id = 'consent_events:' || consent_event_id
        group by person_id, purpose, channel having count(distinct consent_event_id) >= 3
    """,
    "never_asked": """
        select person_id from truth.people where person_id not in (
            select person_id from truth.record_owners
            where record_id like 'consent_events:%' and person_id is not null
        )
    """,
    "to_be_forgotten": "select request_id from raw.erasure_requests",
    "testers": "select person_id from truth.people where is_test",
}


@pytest.mark.parametrize("segment", _SEGMENTS)
def test_every_segment_has_members_among_two_thousand_people(messy: duckdb.DuckDBPyConnection, segment: str) -> None:
    members = messy.sql(f"with {_MADE_ORDERS} {_SEGMENTS[segment]}").fetchall()
    assert members


def test_most_anonymous_browsing_of_known_people_can_be_linked(messy: duckdb.DuckDBPyConnection) -> None:
    [(share,)] = messy.sql("""
        with events as (
            select anonymous_id, user_id, email, person_id
            from raw.web_events inner join truth.record_owners on record_id = 'web_events:' || event_id
        ),
        known as (select distinct person_id from events where coalesce(user_id, email) is not null),
        linked as (select distinct anonymous_id from events where coalesce(user_id, email) is not null)
        select avg((anonymous_id in (select anonymous_id from linked))::int)
        from events where user_id is null and email is null and person_id in (select person_id from known)
    """).fetchall()
    assert 0.9 < share < 1


def test_the_dissatisfied_give_worse_scores_everywhere(messy: duckdb.DuckDBPyConnection) -> None:
    [(correlation,)] = messy.sql("""
        with nps as (
            select person_id, avg(try_cast(score as int)) as nps from raw.survey_responses
            inner join truth.record_owners on record_id = 'survey_responses:' || response_id
            where survey_type = 'nps' group by all
        ),
        csat as (
            select person_id, avg(try_cast(csat_score as int)) as csat from raw.support_tickets
            inner join truth.record_owners on record_id = 'support_tickets:' || ticket_id group by all
        )
        select corr(nps, csat) from nps inner join csat using (person_id)
    """).fetchall()
    assert correlation > 0.2


@pytest.fixture(scope="module")
def campaigns(make: Callable[..., Settings]) -> Settings:
    """Enough people for the effect to stand out."""
    return make(people=4_000, seed=3)


_RECOVERED = """
    with sends as (
        select send_id, arm, person_id, min(try_cast(sent_at as timestamptz)) as sent_at, campaign_id
        from raw.campaign_sends inner join truth.record_owners on record_id = 'campaign_sends:' || send_id
        where try_cast(sent_at as timestamptz) is not null
        group by all
    ),
    bought as (
        select person_id, try_cast(ordered_at as timestamptz) as happened_at from raw.shop_orders
        inner join truth.record_owners on record_id = 'shop_orders:' || order_id where status = 'completed'
        union all
        select person_id, timezone('Europe/Berlin', try_cast(sold_at as timestamp)) from raw.pos_receipts
        inner join truth.record_owners on record_id = 'pos_receipts:' || receipt_id
    )
    select
        sends.*,
        exists (
            select 1 from bought where bought.person_id = sends.person_id
                and bought.happened_at > sends.sent_at and bought.happened_at <= sends.sent_at + interval 14 day
        ) as converted
    from sends
"""


def test_the_effect_of_campaigns_can_be_recovered_from_what_the_sources_say(campaigns: Settings) -> None:
    with _reading(campaigns) as connection:
        rows = connection.sql(f"""
            with recovered as ({_RECOVERED})
            select
                effects.effect,
                count(*) filter (arm = 'treatment'), count(*) filter (arm = 'control'),
                avg(converted::int) filter (arm = 'treatment'), avg(converted::int) filter (arm = 'control')
            from recovered inner join truth.campaign_effects as effects using (campaign_id)
            group by campaign_id, effects.effect
        """).fetchall()
    assert len(rows) == 6
    for effect, treated, control, rate_treated, rate_control in rows:
        spread = (rate_treated * (1 - rate_treated) / treated + rate_control * (1 - rate_control) / control) ** 0.5
        assert abs(rate_treated - rate_control - effect) < 3.3 * spread
    assert sum(effect for effect, *_ in rows) / 6 == pytest.approx(0.065, abs=0.03)
    assert min(effect for effect, *_ in rows) == 0


def test_outcomes_agree_with_what_was_bought(campaigns: Settings) -> None:
    with _reading(campaigns) as connection:
        [(agree, converts, arms)] = connection.sql(f"""
            with recovered as ({_RECOVERED})
            select
                avg((recovered.converted = outcomes.converted)::int),
                avg((outcomes.converted = if(arm = 'treatment', converts_treated, converts_untreated))::int),
                avg((arm = 'treatment')::int)
            from recovered inner join truth.campaign_outcomes as outcomes using (send_id)
        """).fetchall()
    assert agree > 0.985
    assert converts == 1
    assert arms == pytest.approx(0.5, abs=0.03)


def _reading(settings: Settings) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(settings.database), read_only=True)
