-- One row per refund paid before as_of, in base currency.
with

feed as (
    {{ union_feed('refunds') }}
),

exchange_rates as (
    select * from {{ ref('exchange_rates') }}
),

record_customers as (
    select * from {{ ref('record_customers') }}
),

refunds as (
    select
        feed.refund_id,
        feed.record_id,
        record_customers.customer_id,
        feed.source,
        feed.order_id,
        feed.refunded_at,
        coalesce(feed.currency, '{{ var("base_currency") }}') as currency,
        {{ in_base_currency('feed.amount', 'exchange_rates.rate') }} as amount,
        {{ in_base_currency('coalesce(feed.tax_amount, 0)', 'exchange_rates.rate') }} as tax_amount
    from feed
    left join exchange_rates on coalesce(feed.currency, '{{ var("base_currency") }}') = exchange_rates.currency
    left join record_customers on feed.record_id = record_customers.record_id
    where feed.refunded_at < {{ as_of() }}
)

select * from refunds
