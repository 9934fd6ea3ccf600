-- One row per thing that somebody did, or that was done to reach them, before as_of.
with

feed as (
    {{ union_feed('interactions') }}
),

record_customers as (
    select * from {{ ref('record_customers') }}
),

interactions as (
    select
        feed.interaction_id,
        feed.record_id,
        record_customers.customer_id,
        feed.source,
        feed.interaction_type,
        feed.channel,
        feed.occurred_at,
        feed.product_id,
        feed.campaign_id,
        coalesce(feed.is_machine, false) as is_machine
    from feed
    left join record_customers on feed.record_id = record_customers.record_id
    where feed.occurred_at < {{ as_of() }}
)

select * from interactions
