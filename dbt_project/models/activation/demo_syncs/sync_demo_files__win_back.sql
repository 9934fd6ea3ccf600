-- One row per customer to be called back: whom to address, and how strongly.
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
        customers.dormancy,
        customers.rfm_segment,
        customers.clv_tier,
        cast(customers.last_ordered_at as date) as last_ordered_on
    from audience
    inner join customers
        on audience.customer_id = customers.customer_id
    where
        audience.sync = 'sync_demo_files__win_back'
        and audience.decision = 'deliver'

)

select * from payload
