-- One row per customer who ever did something that engages: the share of the others who are less engaged.
with

engagement_strengths as (
    select * from {{ ref('engagement_strengths') }}
    where engagement_strength > 0
),

engagement_percentiles as (
    select
        customer_id,
        cast(percent_rank() over (
            order by engagement_strength
        ) as decimal(9, 6)) as engagement_percentile
    from engagement_strengths
)

select * from engagement_percentiles
