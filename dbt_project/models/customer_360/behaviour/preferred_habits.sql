-- One row per customer and habit (channel, hour or weekday): where, or when, they are met most. Of those
-- who were met too seldom in 365 days nothing is said.
{{ config(materialized='view') }}

with

customer_habits as (
    select * from {{ ref('customer_habits') }}
    where habit_moments_count >= {{ var('habit_least_moments') }}
),

habit_shares as (
    select * from {{ ref('habit_shares') }}
),

-- everybody's habits weigh as much as so many moments, so that one click decides nothing
smoothed as (
    select
        customer_habits.customer_id,
        customer_habits.habit,
        customer_habits.value,
        cast(
            (customer_habits.moments_count + {{ var('habit_prior') }} * habit_shares.population_share)
            / (customer_habits.habit_moments_count + {{ var('habit_prior') }}) as decimal(9, 6)
        ) as customer_share
    from customer_habits
    inner join habit_shares
        on customer_habits.habit = habit_shares.habit and customer_habits.value = habit_shares.value
),

placed as (
    select
        *,
        row_number() over (
            partition by customer_id, habit
            order by customer_share desc, value asc
        ) as place
    from smoothed
),

preferred_habits as (
    select
        customer_id,
        habit,
        value,
        customer_share
    from placed
    where place = 1
)

select * from preferred_habits
