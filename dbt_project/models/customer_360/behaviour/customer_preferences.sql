-- One row per customer: the channel and the time at which they like to be met. Of those who were met too seldom in 365
-- days nothing is said but how seldom.
with

customers as (
    select * from {{ ref('customer_identity') }}
),

preferred_habits as (
    select * from {{ ref('preferred_habits') }}
),

met as (
    select
        customer_id,
        max(moments_count) as moments_count
    from preferred_habits
    group by customer_id
),

chosen as (
    select
        customer_id,
        max(value) filter (where habit = 'channel') as channel,
        max(customer_share) filter (where habit = 'channel') as channel_share,
        max(value) filter (where habit = 'hour') as hour_block,
        max(value) filter (where habit = 'weekday') as day_of_week
    from preferred_habits
    where moments_count >= {{ var('habit_least_moments') }}
    group by customer_id
),

customer_preferences as (
    select
        customers.customer_id,
        chosen.channel as preferred_channel,
        chosen.channel_share as preferred_channel_share,
        cast(chosen.hour_block as {{ dbt.type_int() }}) as preferred_hour,
        cast(chosen.day_of_week as {{ dbt.type_int() }}) as preferred_weekday,
        coalesce(met.moments_count, 0) as preference_moments
    from customers
    left join met on customers.customer_id = met.customer_id
    left join chosen on customers.customer_id = chosen.customer_id
)

select * from customer_preferences
