-- One row per sync and member of its segment: the first gate before the holdout at which the member was held back.
with

screenings as (

    select * from {{ ref('audience_screenings') }}

),

contests as (

    select * from {{ ref('audience_contests') }}

),

judged as (

    select
        screenings.sync,
        screenings.segment,
        screenings.customer_id,
        screenings.record_key,
        screenings.permission_id,
        coalesce(screenings.gate, contests.gate) as gate,
        coalesce(screenings.reason, contests.reason) as reason,
        contests.detail
    from screenings
    left join contests
        on screenings.sync = contests.sync and screenings.customer_id = contests.customer_id

)

select * from judged
