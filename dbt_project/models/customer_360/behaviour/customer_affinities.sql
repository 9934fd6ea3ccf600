-- One row per customer, kind (category or brand) and value that they showed interest in: how much more than others do,
-- and how that ranks. A view: who asks for one category or brand ranks no other.
{{ config(materialized='view') }}

with

smoothed_affinities as (
    select * from {{ ref('smoothed_affinities') }}
),

customer_affinities as (
    select
        customer_id,
        kind,
        value,
        interest,
        customer_share,
        population_share,
        affinity,
        cast(percent_rank() over (
            partition by kind, value
            order by affinity
        ) as decimal(9, 6)) as affinity_percentile
    from smoothed_affinities
)

select * from customer_affinities
