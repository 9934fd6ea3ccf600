-- One row per customer who was met often enough in 365 days: the channel and the time at which they like to be met.
with

preferred_habits as (
    select * from {{ ref('preferred_habits') }}
),

customer_preferences as (
    select
        customer_id,
        max(value) filter (where habit = 'channel') as preferred_channel,
        max(customer_share) filter (where habit = 'channel') as preferred_channel_share,
        cast(max(value) filter (where habit = 'hour') as {{ dbt.type_int() }}) as preferred_hour,
        cast(max(value) filter (where habit = 'weekday') as {{ dbt.type_int() }}) as preferred_weekday
    from preferred_habits
    group by customer_id
)

select * from customer_preferences
