-- One row per customer to be shown advertising: no name, nothing but what the bid needs.
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
        customers.country,
        cast(customers.last_visited_at as date) as last_visited_on
    from audience
    inner join customers
        on audience.customer_id = customers.customer_id
    where
        audience.sync = 'sync_demo_webhook__visited_not_converted'
        and audience.decision = 'deliver'

)

select * from payload
