-- The best customers for the voucher, under the household's card.
with

decisions as (

    select * from {{ ref('audience_decisions') }}

),

customers as (

    select * from {{ ref('customers') }}

),

payload as (

    select
        decisions.record_key,
        decisions.customer_id,
        decisions.permission_id,
        customers.orders_count,
        customers.net_revenue,
        customers.last_ordered_at
    from decisions
    inner join customers
        on decisions.customer_id = customers.customer_id
    where
        decisions.sync = 'sync_local_files__high_value'
        and decisions.decision = 'deliver'

)

select * from payload
