-- One row per thing that somebody did, or that was done to reach them, before as_of, as its source tells it.
{{ config(materialized='view') }}

with

feed as (
    {{ union_feed('interactions') }}
),

interaction_records as (
    select
        interaction_id,
        record_id,
        source,
        interaction_type,
        channel,
        occurred_at,
        product_id,
        campaign_id,
        coalesce(is_machine, false) as is_machine
    from feed
    where occurred_at < {{ as_of() }}
)

select * from interaction_records
