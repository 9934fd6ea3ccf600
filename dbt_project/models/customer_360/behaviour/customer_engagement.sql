-- One row per customer: how engaged they are, on the scale that was valid at as_of.
{{ config(materialized='by_customer') }}

with

customers as (
    select * from {{ ref('customer_identity') }}
    where {{ is_due() }}
),

engagement_strengths as (
    select * from {{ ref('engagement_strengths') }}
    where {{ is_due() }}
),

engagement_scales as (
    select * from {{ ref('engagement_scales') }}
    where engagement_version <= {{ var('engagement_version') }}
),

-- the newest of those that had been measured by as_of; a day before the first is scored by the first
placed_scales as (
    select
        *,
        row_number() over (
            order by
                case when measured_as_of <= {{ as_of() }} then engagement_version end desc nulls last,
                measured_as_of asc,
                engagement_version asc
        ) as place
    from engagement_scales
),

customer_engagement as (
    select
        customers.customer_id,
        coalesce(engagement_strengths.engagement_strength, 0) as engagement_strength,
        cast(
            100 * (1 - exp(-coalesce(engagement_strengths.engagement_strength, 0) / placed_scales.kappa))
            as decimal(9, 4)
        ) as engagement_score,
        placed_scales.engagement_version
    from customers
    left join engagement_strengths on customers.customer_id = engagement_strengths.customer_id
    left join placed_scales on placed_scales.place = 1
)

select * from customer_engagement
