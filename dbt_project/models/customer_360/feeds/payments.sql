-- One row per attempt to pay before as_of, in base currency.
with

feed as (
    {{ union_feed('payments') }}
),

exchange_rates as (
    select * from {{ ref('exchange_rates') }}
),

record_customers as (
    select * from {{ ref('record_customers') }}
),

payments as (
    select
        feed.payment_id,
        feed.record_id,
        record_customers.customer_id,
        feed.source,
        feed.order_id,
        feed.status,
        feed.attempted_at,
        coalesce(feed.currency, '{{ var("base_currency") }}') as currency,
        {{ in_base_currency('feed.amount', 'exchange_rates.rate') }} as amount
    from feed
    left join exchange_rates on coalesce(feed.currency, '{{ var("base_currency") }}') = exchange_rates.currency
    left join record_customers on feed.record_id = record_customers.record_id
    where feed.attempted_at < {{ as_of() }}
)

select * from payments
