-- One row per moment of churn prediction and customer who had bought by then: what their purchases say.
{{ config(materialized='view') }}

with

prediction_moments as (
    select * from {{ ref('prediction_moments') }}
    where purpose in ('now', 'churn_test', 'churn_train')
),

purchase_days as (
    select * from {{ ref('purchase_days') }}
),

placed as (
    select
        prediction_moments.purpose,
        prediction_moments.moment,
        prediction_moments.until_day,
        purchase_days.customer_id,
        purchase_days.purchase_day,
        purchase_days.purchase_number,
        purchase_days.last_ordered_at,
        purchase_days.amount,
        purchase_days.discount_amount,
        purchase_days.purchase_day < prediction_moments.until_day as is_past,
        purchase_days.purchase_day >= prediction_moments.until_day
        and purchase_days.purchase_day
        < {{ dbt.dateadd('day', 'prediction_moments.horizon_days', 'prediction_moments.until_day') }} as is_outcome,
        purchase_days.purchase_day >= {{ dbt.dateadd('day', -365, 'prediction_moments.until_day') }} as is_of_last_year
    from prediction_moments
    cross join purchase_days
),

churn_purchases as (
    select
        purpose,
        customer_id,
        moment,
        until_day,
        {{ whole_days_between('max(last_ordered_at) filter (where is_past)', 'moment') }}
            as silent_days,
        {{ dbt.datediff('min(purchase_day)', 'until_day', 'day') }}
            as tenure_days,
        count(*) filter (where is_past) as purchase_days,
        count(*) filter (where is_past and is_of_last_year) as purchase_days_365d,
        {{ money('sum(amount) filter (where is_past)') }} as amount,
        {{ money('coalesce(sum(amount) filter (where is_past and is_of_last_year), 0)') }} as amount_365d,
        {{ money('sum(discount_amount) filter (where is_past)') }} as discount_amount,
        case when purpose <> 'now' then count(*) filter (where is_outcome) = 0 end as churned
    from placed
    group by purpose, customer_id, moment, until_day
    having count(*) filter (where is_past) > 0
)

select * from churn_purchases
