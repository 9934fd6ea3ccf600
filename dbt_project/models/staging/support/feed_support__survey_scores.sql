-- One row per support ticket that the customer rated.
with

tickets as (

    select * from {{ ref('stg_support__tickets') }}

),

rated as (

    -- The help desk asks when it solves a ticket and keeps no other time of the answer.
    select
        record_id,
        source,
        'csat' as metric,
        csat_score as score,
        coalesce(solved_at, occurred_at) as answered_at
    from tickets
    where csat_score is not null

)

select * from rated
