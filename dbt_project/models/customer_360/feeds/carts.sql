-- One row per cart begun before as_of, its value in base currency.
with

feed as (
    {{ union_feed('carts') }}
),

exchange_rates as (
    select * from {{ ref('exchange_rates') }}
),

record_customers as (
    select * from {{ ref('record_customers') }}
),

carts as (
    select
        feed.cart_id,
        feed.record_id,
        record_customers.customer_id,
        feed.source,
        feed.created_at,
        coalesce(feed.updated_at, feed.created_at) as updated_at,
        coalesce(feed.items_count, 0) as items_count,
        coalesce(feed.currency, '{{ var("base_currency") }}') as currency,
        {{ in_base_currency('feed.cart_value', 'exchange_rates.rate') }} as cart_value
    from feed
    left join exchange_rates on coalesce(feed.currency, '{{ var("base_currency") }}') = exchange_rates.currency
    left join record_customers on feed.record_id = record_customers.record_id
    where
        feed.created_at < {{ as_of() }}
        and coalesce(feed.updated_at, feed.created_at) < {{ as_of() }}
)

select * from carts
