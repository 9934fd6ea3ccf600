-- One row per customer with an order or a refund: what they have been worth so far, and how that ranks.
with

revenue as (
    select * from {{ ref('revenue') }}
    where customer_id is not null
),

orders as (
    select * from {{ ref('orders') }}
),

order_margins as (
    select * from {{ ref('order_margins') }}
),

feedback as (
    select * from {{ ref('customer_feedback') }}
),

-- of a discount, what was given on goods that stayed sold, without its tax; of an order that was free, all of it
priced as (
    select
        revenue.customer_id,
        revenue.order_id,
        revenue.net_amount,
        revenue.discount_amount
        * coalesce(revenue.net_amount * 1.0 / nullif(orders.total_amount, 0), 1) as discount_amount,
        coalesce(order_margins.margin, {{ var('default_margin') }}) as margin
    from revenue
    left join orders on revenue.order_id = orders.order_id
    left join order_margins on revenue.order_id = order_margins.order_id
),

-- the margin is that of list prices, so of a discount only the part of the goods' cost is missing from net × margin
earned as (
    select
        customer_id,
        count(order_id) as orders_count,
        sum(net_amount * margin - discount_amount * (1 - margin)) as profit
    from priced
    group by customer_id
),

valued as (
    select
        earned.customer_id,
        earned.orders_count,
        {{ money('earned.profit - coalesce(feedback.tickets_count, 0) * ' ~ var('service_ticket_cost')) }}
            as historic_clv
    from earned
    left join feedback on earned.customer_id = feedback.customer_id
),

-- only those who ordered are ranked: among all visitors every buyer would be at the top
ranked as (
    select
        customer_id,
        percent_rank() over (
            order by historic_clv
        ) as clv_percentile
    from valued
    where orders_count > 0
),

customer_value as (
    select
        valued.customer_id,
        valued.historic_clv,
        cast(ranked.clv_percentile as decimal(9, 6)) as clv_percentile,
        case
            when ranked.clv_percentile >= 0.9 then 'high'
            when ranked.clv_percentile >= 0.5 then 'medium'
            when ranked.clv_percentile < 0.5 then 'low'
        end as clv_tier
    from valued
    left join ranked on valued.customer_id = ranked.customer_id
)

select * from customer_value
