-- One row per customer to be given a coupon.
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
        customers.last_name,
        customers.country,
        customers.loyalty_tier,
        customers.rfm_segment
    from audience
    inner join customers
        on audience.customer_id = customers.customer_id
    where
        audience.sync = 'sync_demo_files__high_value'
        and audience.decision = 'deliver'

)

select * from payload
