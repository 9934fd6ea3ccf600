-- One row per habit and value: its share of all the moments at which customers were met.
with

customer_habits as (
    select * from {{ ref('customer_habits') }}
),

summed as (
    select
        habit,
        value,
        sum(moments_count) as moments_count
    from customer_habits
    group by habit, value
),

habit_shares as (
    select
        habit,
        value,
        cast(moments_count * 1.0 / sum(moments_count) over (
            partition by habit
        ) as decimal(18, 9)) as population_share
    from summed
)

select * from habit_shares
