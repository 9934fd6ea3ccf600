-- One row per refund paid before as_of, under the customer whose revenue it lowers: that of its order, or of the refund
-- itself where no source knows the order. Whoever reads refunds by customer reads them here.
{{ config(materialized='view') }}

with

refunds as (
    select * from {{ ref('refunds') }}
),

orders as (
    select * from {{ ref('orders') }}
),

booked_refunds as (
    select
        refunds.refund_id,
        refunds.order_id,
        case when orders.order_id is null then refunds.customer_id else orders.customer_id end as customer_id,
        orders.order_id is null as is_loose,
        refunds.source,
        refunds.refunded_at,
        refunds.currency,
        refunds.amount,
        refunds.tax_amount
    from refunds
    left join orders on refunds.order_id = orders.order_id
)

select * from booked_refunds
