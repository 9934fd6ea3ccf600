-- One row per customer who ever bought: their rank by predicted CLV, or by historic CLV where none could be predicted.
with

customer_value as (
    select * from {{ ref('customer_value') }}
    where clv_percentile is not null
),

customer_predicted_value as (
    select * from {{ ref('customer_predicted_value') }}
    where predicted_clv is not null
),

-- a prediction is made for every buyer or for none, so the two ranks never mix
ranked as (
    select
        customer_id,
        percent_rank() over (
            order by predicted_clv
        ) as predicted_percentile
    from customer_predicted_value
),

customer_value_rank as (
    select
        customer_value.customer_id,
        cast(coalesce(ranked.predicted_percentile, customer_value.clv_percentile) as decimal(9, 6)) as value_percentile
    from customer_value
    left join ranked on customer_value.customer_id = ranked.customer_id
)

select * from customer_value_rank
