-- One row per customer, habit (channel, hour or weekday) and value: how often they were met there, or then.
{{ config(materialized='by_customer') }}

with

contact_moments as (
    select * from {{ ref('contact_moments') }}
    where {{ is_due() }}
),

time_zones as (
    select * from {{ ref('customer_time_zones') }}
    where {{ is_due() }}
),

located as (
    select
        contact_moments.customer_id,
        contact_moments.channel,
        {{ local_time('contact_moments.met_at', 'time_zones.time_zone') }} as met_locally_at
    from contact_moments
    inner join time_zones on contact_moments.customer_id = time_zones.customer_id
),

described as (
    select
        customer_id,
        channel,
        -- blocks of three hours, named by the hour at which they begin
        cast(floor(extract(hour from met_locally_at) / 3.0) * 3 as {{ dbt.type_int() }}) as hour_block,
        {{ weekday('met_locally_at') }} as day_of_week
    from located
),

habits as (
    select
        customer_id,
        'channel' as habit,
        channel as value
    from described
    union all
    select
        customer_id,
        'hour' as habit,
        cast(hour_block as {{ dbt.type_string() }}) as value
    from described
    union all
    select
        customer_id,
        'weekday' as habit,
        cast(day_of_week as {{ dbt.type_string() }}) as value
    from described
),

counted as (
    select
        customer_id,
        habit,
        value,
        count(*) as moments_count
    from habits
    group by customer_id, habit, value
),

customer_habits as (
    select
        customer_id,
        habit,
        value,
        moments_count,
        cast(sum(moments_count) over (
            partition by customer_id, habit
        ) as {{ dbt.type_bigint() }}) as habit_moments_count
    from counted
)

select * from customer_habits
