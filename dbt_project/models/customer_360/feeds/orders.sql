-- One row per order placed before as_of: amounts in base currency, and what was refunded of it since.
with

feed as (
    {{ union_feed('orders') }}
),

refunds as (
    select * from {{ ref('refunds') }}
),

exchange_rates as (
    select * from {{ ref('exchange_rates') }}
),

record_customers as (
    select * from {{ ref('record_customers') }}
),

converted as (
    select
        feed.order_id,
        feed.record_id,
        record_customers.customer_id,
        feed.source,
        feed.channel,
        feed.ordered_at,
        feed.status,
        coalesce(feed.currency, '{{ var("base_currency") }}') as currency,
        {{ in_base_currency('feed.total_amount', 'exchange_rates.rate') }} as total_amount,
        {{ in_base_currency('coalesce(feed.tax_amount, 0)', 'exchange_rates.rate') }} as tax_amount,
        {{ in_base_currency('coalesce(feed.discount_amount, 0)', 'exchange_rates.rate') }} as discount_amount
    from feed
    left join exchange_rates on coalesce(feed.currency, '{{ var("base_currency") }}') = exchange_rates.currency
    left join record_customers on feed.record_id = record_customers.record_id
    where feed.ordered_at < {{ as_of() }}
),

refunded as (
    select
        order_id,
        {{ money('sum(amount)') }} as refunded_amount,
        {{ money('sum(amount - tax_amount)') }} as refunded_net_amount
    from refunds
    where order_id is not null
    group by order_id
),

orders as (
    select
        converted.order_id,
        converted.record_id,
        converted.customer_id,
        converted.source,
        converted.channel,
        converted.ordered_at,
        converted.status,
        converted.currency,
        converted.total_amount,
        converted.tax_amount,
        converted.discount_amount,
        {{ money('coalesce(refunded.refunded_amount, 0)') }} as refunded_amount,
        {{ money(
            'converted.total_amount - converted.tax_amount - coalesce(refunded.refunded_net_amount, 0)'
        ) }} as net_amount,
        -- an amount in an unknown currency is no revenue that could be added up
        converted.status = 'completed' and converted.total_amount is not null as is_counted
    from converted
    left join refunded on converted.order_id = refunded.order_id
)

select * from orders
