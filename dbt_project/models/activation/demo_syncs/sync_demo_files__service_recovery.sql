-- One row per customer to be told that we are sorry.
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
        customers.impairment_reasons_30d
    from audience
    inner join customers
        on audience.customer_id = customers.customer_id
    where
        audience.sync = 'sync_demo_files__service_recovery'
        and audience.decision = 'deliver'

)

select * from payload
