-- Consideration asks for no order since. That holds by itself while a purchase, the higher stage, lasts as long.
with

conditions as (
    select * from {{ ref('journey_conditions') }}
),

shortest_purchase as (
    select min(days) as least_days from conditions
    where journey_stage = 'purchase'
),

too_long as (
    select conditions.condition
    from conditions
    cross join shortest_purchase
    where conditions.journey_stage = 'consideration' and conditions.days > shortest_purchase.least_days
)

select * from too_long
