-- One row per customer, condition and unbroken stretch of time in which enough happened lately for it to hold.
{{ config(materialized='by_customer') }}

with

signals as (
    select * from {{ ref('journey_signals') }}
    where {{ is_due() }}
),

repeated_signals as (
    select * from {{ ref('repeated_signals') }}
    where {{ is_due() }}
),

conditions as (
    select * from {{ ref('journey_conditions') }}
),

enough as (
    select
        signals.customer_id,
        signals.condition,
        signals.occurred_at,
        signals.occurred_at as counted_from
    from signals
    inner join conditions on signals.condition = conditions.condition
    where conditions.events = 1
    union all
    select * from repeated_signals
),

-- what has no limit of days never ends
windows as (
    select
        enough.customer_id,
        enough.condition,
        enough.occurred_at as starts_at,
        coalesce({{ dbt.dateadd('day', 'conditions.days', 'enough.counted_from') }}, {{ end_of_time() }}) as ends_at
    from enough
    inner join conditions on enough.condition = conditions.condition
),

following as (
    select
        *,
        max(ends_at) over (
            partition by customer_id, condition
            order by starts_at
            rows between unbounded preceding and 1 preceding
        ) as held_until
    from windows
    where starts_at < ends_at
),

stretches as (
    select
        *,
        cast(sum(case when held_until is null or starts_at > held_until then 1 else 0 end) over (
            partition by customer_id, condition
            order by starts_at
            rows unbounded preceding
        ) as {{ dbt.type_bigint() }}) as stretch_number
    from following
),

journey_windows as (
    select
        customer_id,
        condition,
        min(starts_at) as starts_at,
        max(ends_at) as ends_at
    from stretches
    group by customer_id, condition, stretch_number
)

select * from journey_windows
