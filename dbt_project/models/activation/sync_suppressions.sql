-- One row per sync and customer to whom it must not send, with the gravest reason.
{{ config(materialized='view') }}

with

syncs as (

    select * from {{ ref('syncs') }}

),

suppressions as (

    select * from {{ ref('suppressions') }}

),

ranked as (

    select
        syncs.sync,
        suppressions.customer_id,
        suppressions.reason,
        row_number() over (
            partition by syncs.sync, suppressions.customer_id
            order by
                case suppressions.reason
                    when 'erasure' then 1
                    when 'test' then 2
                    when 'internal' then 3
                    when 'complaint' then 4
                    when 'bounce' then 5
                    else 6
                end,
                suppressions.reason
        ) as gravity
    from syncs
    inner join suppressions
        on suppressions.channel in (syncs.channel, 'any')

),

gravest as (

    select
        sync,
        customer_id,
        reason
    from ranked
    where gravity = 1

)

select * from gravest
