-- One row per customer to be greeted. The day is sent, the year of birth is not.
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
        extract(month from customers.birth_date) as birth_month,
        extract(day from customers.birth_date) as birth_day
    from audience
    inner join customers
        on audience.customer_id = customers.customer_id
    where
        audience.sync = 'sync_demo_files__birthday_care'
        and audience.decision = 'deliver'

)

select * from payload
