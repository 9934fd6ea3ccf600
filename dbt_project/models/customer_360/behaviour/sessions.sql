-- One row per session: what the customer did in it, what had led them there, and how far they came towards an order.
{{ config(materialized='by_customer') }}

with

session_visits as (
    select * from {{ ref('session_visits') }}
    where {{ is_due() }}
),

session_landings as (
    select * from {{ ref('session_landings') }}
    where {{ is_due() }}
),

-- what is bought at a till is not bought in a session, even with the app in hand
orders as (
    select * from {{ ref('orders') }}
    where {{ is_due() }} and is_counted and channel is distinct from 'store'
),

ordered as (
    select
        session_visits.customer_id,
        session_visits.session_number,
        count(*) as orders_count
    from session_visits
    inner join orders
        on
            session_visits.customer_id = orders.customer_id
            and orders.ordered_at >= session_visits.started_at
            and orders.ordered_at < {{ dbt.dateadd('minute', 30, 'session_visits.ended_at') }}
    group by session_visits.customer_id, session_visits.session_number
),

sessions as (
    select
        session_visits.customer_id,
        session_visits.session_number,
        session_visits.started_at,
        session_visits.ended_at,
        session_visits.channel,
        coalesce(session_landings.landing_channel, 'direct') as landing_channel,
        session_landings.landing_campaign_id,
        session_visits.interactions_count,
        session_visits.product_views,
        session_visits.cart_additions,
        session_visits.checkouts,
        session_visits.usages,
        coalesce(ordered.orders_count, 0) as orders_count,
        case
            when ordered.orders_count > 0 then 5
            when session_visits.checkouts > 0 then 4
            when session_visits.cart_additions > 0 then 3
            when session_visits.product_views > 0 then 2
            -- to use what was bought is no step towards buying
            when session_visits.interactions_count > session_visits.usages then 1
            else 0
        end as step_number
    from session_visits
    left join session_landings
        on
            session_visits.customer_id = session_landings.customer_id
            and session_visits.session_number = session_landings.session_number
    left join ordered
        on
            session_visits.customer_id = ordered.customer_id
            and session_visits.session_number = ordered.session_number
)

select * from sessions
