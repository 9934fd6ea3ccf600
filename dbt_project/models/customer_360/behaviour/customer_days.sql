-- One row per customer, day, kind of interaction and channel: how often. What machines did is left out.
-- The events are counted here once; what is known of a customer by day is derived from this table.
{{ config(materialized='by_customer') }}

with

interactions as (
    select * from {{ ref('interactions') }}
    where {{ is_due() }} and not is_machine
),

customer_days as (
    select
        customer_id,
        {{ activity_day('occurred_at') }} as activity_day,
        interaction_type,
        coalesce(channel, 'unknown') as channel,
        count(*) as interactions_count,
        max(occurred_at) as last_at
    from interactions
    group by 1, 2, 3, 4
)

select * from customer_days
