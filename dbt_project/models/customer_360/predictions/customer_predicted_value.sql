-- One row per customer who ever bought: whether they still do, and what the next 12 months should bring.
with

histories as (
    select * from {{ ref('purchase_histories') }}
    where purpose = 'now'
),

clv_parameters as (
    select * from {{ ref('clv_parameters') }}
),

clv_expected_orders as (
    select * from {{ ref('clv_expected_orders') }}
),

customer_value as (
    select * from {{ ref('customer_value') }}
),

purchase_days as (
    select * from {{ ref('purchase_days') }}
),

-- what is left of a unit of sales after refunds, goods, discounts and service: the same unit as historic CLV
earned as (
    select sum(historic_clv) as earned
    from customer_value
),

sold as (
    select sum(amount) as sold
    from purchase_days
),

expected as (
    select
        histories.customer_id,
        clv_parameters.clv_status,
        case
            when clv_parameters.r is not null and histories.repeat_days = 0 then 1
            when histories.repeat_days > 0 then 1 / (1 + exp(
                ln(clv_parameters.a / (clv_parameters.b + histories.repeat_days - 1))
                + (clv_parameters.r + histories.repeat_days)
                * ln((clv_parameters.alpha + histories.age_days) / (clv_parameters.alpha + histories.recency_days))
            ))
        end as probability_alive,
        clv_expected_orders.orders_12m,
        clv_expected_orders.discounted_orders_12m,
        (
            clv_parameters.p * clv_parameters.v
            + clv_parameters.p * histories.repeat_days * coalesce(histories.repeat_amount, 0)
        ) / (clv_parameters.p * histories.repeat_days + clv_parameters.q - 1) as spend,
        earned.earned / nullif(sold.sold, 0) as earned_share
    from histories
    cross join clv_parameters
    cross join earned
    cross join sold
    left join clv_expected_orders
        on
            histories.repeat_days = clv_expected_orders.repeat_days
            and histories.age_days = clv_expected_orders.age_days
),

customer_predicted_value as (
    select
        customer_id,
        clv_status,
        cast(probability_alive as decimal(9, 6)) as probability_alive,
        cast(probability_alive * orders_12m as decimal(12, 4)) as predicted_orders_12m,
        {{ money('probability_alive * discounted_orders_12m * spend * earned_share') }} as predicted_clv
    from expected
)

select * from customer_predicted_value
