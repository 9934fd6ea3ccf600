-- Records about to be held by a destination whose customer is suppressed for its channel.
with

desired_records as (

    select * from {{ ref('desired_records') }}

),

syncs as (

    select * from {{ ref('syncs') }}

),

suppressions as (

    select * from {{ ref('suppressions') }}

),

suppressed as (

    select
        desired_records.sync,
        desired_records.customer_id,
        suppressions.reason
    from desired_records
    inner join syncs
        on desired_records.sync = syncs.sync
    inner join suppressions
        on desired_records.customer_id = suppressions.customer_id
    where suppressions.channel = 'any' or suppressions.channel = syncs.channel

)

select * from suppressed
