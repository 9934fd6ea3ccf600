-- One row per customer with an order or a refund: what they have been worth so far, and how that ranks.
with

historic_values as (
    select * from {{ ref('historic_values') }}
),

-- only those who ordered are ranked: among all visitors every buyer would be at the top
ranked as (
    select
        customer_id,
        percent_rank() over (
            order by historic_clv
        ) as clv_percentile
    from historic_values
    where orders_count > 0
),

customer_value as (
    select
        historic_values.customer_id,
        historic_values.historic_clv,
        cast(ranked.clv_percentile as decimal(9, 6)) as clv_percentile,
        case
            when ranked.clv_percentile >= 0.9 then 'high'
            when ranked.clv_percentile >= 0.5 then 'medium'
            when ranked.clv_percentile < 0.5 then 'low'
        end as clv_tier
    from historic_values
    left join ranked on historic_values.customer_id = ranked.customer_id
)

select * from customer_value
