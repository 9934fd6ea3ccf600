with

invoices as (

    select * from {{ ref('stg_online_retail__invoices') }}

),

orders as (

    select
        record_id,
        source,
        order_id,
        'web' as channel,
        occurred_at as ordered_at,
        'completed' as status,
        'GBP' as currency,
        total_amount,
        cast(0 as decimal(18, 4)) as tax_amount,
        cast(0 as decimal(18, 4)) as discount_amount
    from invoices
    where not is_cancellation

)

select * from orders
