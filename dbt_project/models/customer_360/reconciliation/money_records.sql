-- One row per completed order, and per refund of one or of an order that no source knows: read before any customer is
-- looked for. A refund belongs to its order's source and currency.
{{ config(materialized='view') }}

with

order_feed as (
    {{ union_feed('orders') }}
),

refund_feed as (
    {{ union_feed('refunds') }}
),

exchange_rates as (
    select * from {{ ref('exchange_rates') }}
),

ordered as (
    select
        order_feed.order_id,
        order_feed.source,
        coalesce(order_feed.currency, '{{ var("base_currency") }}') as currency,
        order_feed.status = 'completed' as is_completed,
        round(order_feed.total_amount * exchange_rates.rate, 4)
        - round(coalesce(order_feed.tax_amount, 0) * exchange_rates.rate, 4) as amount
    from order_feed
    left join exchange_rates
        on coalesce(order_feed.currency, '{{ var("base_currency") }}') = exchange_rates.currency
    where order_feed.ordered_at < {{ as_of() }}
),

-- nothing was sold in an order that is not completed or whose currency is unknown, so nothing is taken off for it
paid_back as (
    select
        refund_feed.refund_id,
        coalesce(ordered.source, refund_feed.source) as source,
        coalesce(ordered.currency, refund_feed.currency, '{{ var("base_currency") }}') as currency,
        round(coalesce(refund_feed.tax_amount, 0) * exchange_rates.rate, 4)
        - round(refund_feed.amount * exchange_rates.rate, 4) as amount
    from refund_feed
    left join exchange_rates
        on coalesce(refund_feed.currency, '{{ var("base_currency") }}') = exchange_rates.currency
    left join ordered on refund_feed.order_id = ordered.order_id
    where
        refund_feed.refunded_at < {{ as_of() }}
        and (ordered.order_id is null or (ordered.is_completed and ordered.amount is not null))
),

money_records as (
    select
        'order:' || order_id as money_id,
        source,
        currency,
        {{ money('amount') }} as amount
    from ordered
    where is_completed
    union all
    select
        'refund:' || refund_id as money_id,
        source,
        currency,
        {{ money('amount') }} as amount
    from paid_back
)

select * from money_records
