-- One row per moment that predictions look back from: as_of, and those before it whose outcome is known by now.
{{ config(materialized='view') }}

with

purchase_days as (
    select * from {{ ref('purchase_days') }}
),

-- days are whole: whatever happened on the day of as_of belongs to the past
history as (
    select
        {{ kindred.next_midnight(as_of()) }} as until_day,
        {{ dbt.datediff('min(purchase_day)', kindred.next_midnight(as_of()), 'day') }}
            as history_days
    from purchase_days
),

-- a year is held out, or the second half of a shorter history
lengths as (
    select
        'value_holdout' as purpose,
        until_day,
        case when history_days >= 730 then 365 else floor(history_days / 2.0) end as days_back
    from history
    union all
    select
        'churn_test' as purpose,
        until_day,
        {{ var('churn_horizon_days') }} as days_back
    from history
    union all
    select
        'churn_train' as purpose,
        until_day,
        2 * {{ var('churn_horizon_days') }} as days_back
    from history
    union all
    select
        'now' as purpose,
        until_day,
        0 as days_back
    from history
),

horizons as (
    select
        purpose,
        until_day,
        cast(days_back as {{ dbt.type_int() }}) as days_back
    from lengths
),

prediction_moments as (
    select
        horizons.purpose,
        case
            when horizons.purpose = 'now' then {{ as_of() }}
            else cast(
                {{ dbt.dateadd('day', '-horizons.days_back', 'horizons.until_day') }} as {{ dbt.type_timestamp() }}
            )
        end as moment,
        cast({{ dbt.dateadd('day', '-horizons.days_back', 'horizons.until_day') }} as date) as until_day,
        cast(case
            when horizons.purpose = 'value_holdout' then horizons.days_back
            when horizons.purpose <> 'now' then {{ var('churn_horizon_days') }}
        end as {{ dbt.type_bigint() }}) as horizon_days,
        history.history_days
    from horizons
    cross join history
)

select * from prediction_moments
