-- A cancellation does not say which invoice it cancels: it counts against the customer, not against an order.
with

invoices as (

    select * from {{ ref('stg_online_retail__invoices') }}

),

refunds as (

    select
        record_id,
        source,
        record_id as refund_id,
        cast(null as varchar) as order_id,
        occurred_at as refunded_at,
        'GBP' as currency,
        -total_amount as amount,
        cast(0 as decimal(18, 4)) as tax_amount
    from invoices
    where is_cancellation

)

select * from refunds
