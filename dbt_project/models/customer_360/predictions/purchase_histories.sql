-- One row per moment, now or a year ago, and customer who had bought by then: what BG/NBD and Gamma-Gamma know of them.
{{ config(materialized='view') }}

with

prediction_moments as (
    select * from {{ ref('prediction_moments') }}
    where purpose in ('now', 'value_holdout')
),

purchase_days as (
    select * from {{ ref('purchase_days') }}
),

customers as (
    select * from {{ ref('customer_identity') }}
),

placed as (
    select
        prediction_moments.purpose,
        prediction_moments.until_day,
        prediction_moments.horizon_days,
        purchase_days.customer_id,
        purchase_days.purchase_day,
        purchase_days.purchase_number,
        purchase_days.amount,
        purchase_days.purchase_day < prediction_moments.until_day as is_past,
        purchase_days.purchase_day >= {{ dbt.dateadd(
            'day', '-prediction_moments.horizon_days', 'prediction_moments.until_day'
        ) }} as is_recent
    from prediction_moments
    cross join purchase_days
),

summed as (
    select
        purpose,
        customer_id,
        until_day,
        horizon_days,
        count(*) filter (where is_past) - 1 as repeat_days,
        min(purchase_day) as first_day,
        max(purchase_day) filter (where is_past) as last_day,
        avg(amount) filter (where is_past and purchase_number > 1) as repeat_amount,
        count(*) filter (where is_past and is_recent) as recent_days,
        sum(amount) filter (where is_past and is_recent) as recent_amount,
        count(*) filter (where not is_past) as outcome_days,
        sum(amount) filter (where not is_past) as outcome_amount
    from placed
    group by purpose, customer_id, until_day, horizon_days
),

purchase_histories as (
    select
        summed.purpose,
        summed.customer_id,
        coalesce(customers.is_test, false) as is_test,
        summed.horizon_days,
        summed.repeat_days,
        {{ dbt.datediff('summed.first_day', 'summed.last_day', 'day') }}
            as recency_days,
        {{ dbt.datediff('summed.first_day', 'summed.until_day', 'day') }}
            as age_days,
        {{ money('summed.repeat_amount') }} as repeat_amount,
        summed.recent_days,
        {{ money('coalesce(summed.recent_amount, 0)') }} as recent_amount,
        summed.outcome_days,
        {{ money('coalesce(summed.outcome_amount, 0)') }} as outcome_amount
    from summed
    left join customers on summed.customer_id = customers.customer_id
    where summed.last_day is not null
)

select * from purchase_histories
