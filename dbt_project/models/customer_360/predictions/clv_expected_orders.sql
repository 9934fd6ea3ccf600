-- One row per number of repeat days and age: the purchase days of the next 12 months if the customer is still alive.
-- Equation 10 of Fader, Hardie and Lee (2005); discounted: month by month, Σ (E[Y(t_i)] − E[Y(t_i−1)]) ÷ (1 + d)^i.
with

histories as (
    select distinct
        repeat_days,
        age_days
    from {{ ref('purchase_histories') }}
    where purpose = 'now'
),

clv_parameters as (
    select * from {{ ref('clv_parameters') }}
),

clv_leaving as (
    select * from {{ ref('clv_leaving') }}
),

months as (
    {{ dbt.generate_series(12) }}
),

-- by parts, the discounted sum of what is new in each month is a weighted sum of what came up to each month
weighted_months as (
    select
        generated_number as month_number,
        generated_number * 365 / 12.0 as days_ahead,
        case
            when generated_number < 12
                then
                    power(1 + {{ var('clv_yearly_discount') }}, -generated_number / 12.0)
                    - power(1 + {{ var('clv_yearly_discount') }}, -(generated_number + 1) / 12.0)
            else power(1 + {{ var('clv_yearly_discount') }}, -1)
        end as weight
    from months
),

up_to_month as (
    select
        histories.repeat_days,
        histories.age_days,
        weighted_months.month_number,
        max(weighted_months.weight) as month_weight,
        sum(
            clv_leaving.weight / clv_leaving.leaves * (1 - exp(
                -(clv_parameters.r + histories.repeat_days)
                * ln(1 + clv_leaving.leaves * weighted_months.days_ahead / (clv_parameters.alpha + histories.age_days))
            ))
        ) as orders
    from histories
    inner join clv_leaving on histories.repeat_days = clv_leaving.repeat_days
    cross join weighted_months
    cross join clv_parameters
    group by histories.repeat_days, histories.age_days, weighted_months.month_number
),

clv_expected_orders as (
    select
        repeat_days,
        age_days,
        cast(max(case when month_number = 12 then orders end) as decimal(18, 9)) as orders_12m,
        cast(sum(orders * month_weight) as decimal(18, 9)) as discounted_orders_12m
    from up_to_month
    group by repeat_days, age_days
)

select * from clv_expected_orders
