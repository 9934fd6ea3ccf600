-- The revenue of all customers and of nobody is, to the cent, what the sources sold less what they paid back.
with

customers as (
    select sum(net_revenue) as amount from {{ ref('customers') }}
),

anonymous as (
    select sum(net_amount) as amount from {{ ref('revenue') }}
    where customer_id is null
),

order_feed as (
    {{ union_feed('orders') }}
),

refund_feed as (
    {{ union_feed('refunds') }}
),

rates as (
    select * from {{ ref('exchange_rates') }}
),

sold as (
    select
        sum(round(order_feed.total_amount * rates.rate, 4))
        - sum(round(coalesce(order_feed.tax_amount, 0) * rates.rate, 4)) as amount
    from order_feed
    inner join rates on coalesce(order_feed.currency, '{{ var("base_currency") }}') = rates.currency
    where order_feed.status = 'completed' and order_feed.ordered_at < {{ as_of() }}
),

-- nothing was sold in an order that was cancelled or is pending, so nothing is taken off for it
unsold as (
    select distinct order_id from order_feed
    where status <> 'completed' and ordered_at < {{ as_of() }}
),

paid_back as (
    select
        sum(round(refund_feed.amount * rates.rate, 4))
        - sum(round(coalesce(refund_feed.tax_amount, 0) * rates.rate, 4)) as amount
    from refund_feed
    inner join rates on coalesce(refund_feed.currency, '{{ var("base_currency") }}') = rates.currency
    left join unsold on refund_feed.order_id = unsold.order_id
    where refund_feed.refunded_at < {{ as_of() }} and unsold.order_id is null
),

compared as (
    select
        coalesce(customers.amount, 0) + coalesce(anonymous.amount, 0) as found,
        coalesce(sold.amount, 0) - coalesce(paid_back.amount, 0) as expected
    from customers
    cross join anonymous
    cross join sold
    cross join paid_back
)

select * from compared
where abs(found - expected) >= 0.01
