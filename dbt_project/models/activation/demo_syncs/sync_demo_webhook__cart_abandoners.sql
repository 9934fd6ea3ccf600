-- One row per customer to be reminded of a cart.
with

audience as (

    select * from {{ ref('audience_decisions') }}

),

customers as (

    select * from {{ ref('customers') }}

),

payload as (

    select
        audience.record_key,
        audience.customer_id,
        audience.permission_id,
        customers.first_name,
        customers.country,
        customers.last_cart_at
    from audience
    inner join customers
        on audience.customer_id = customers.customer_id
    where
        audience.sync = 'sync_demo_webhook__cart_abandoners'
        and audience.decision = 'deliver'

)

select * from payload
