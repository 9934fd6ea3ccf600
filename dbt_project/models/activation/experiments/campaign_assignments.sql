-- One row per record in which a campaign tool put somebody into an arm before as_of, with the customer that it means.
with

feed as (

    {{ union_feed('campaign_assignments') | trim }}

),

record_customers as (

    select * from {{ ref('record_customers') }}

),

assignments as (

    select
        feed.record_id,
        feed.campaign_id,
        feed.arm,
        cast(feed.treatment_share as double) as treatment_share,
        coalesce(feed.conversion_days, {{ var('conversion_days') }}) as conversion_days,
        feed.occurred_at as assigned_at,
        record_customers.customer_id
    from feed
    left join record_customers on feed.record_id = record_customers.record_id
    where feed.occurred_at < {{ as_of() }}

)

select * from assignments
