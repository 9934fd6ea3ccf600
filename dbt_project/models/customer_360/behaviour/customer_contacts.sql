-- One row per customer: at how many moments of the last 365 days they were met.
{{ config(materialized='by_customer') }}

with

customers as (
    select * from {{ ref('customer_identity') }}
    where {{ is_due() }}
),

contact_moments as (
    select * from {{ ref('contact_moments') }}
    where {{ is_due() }}
),

customer_contacts as (
    select
        customers.customer_id,
        count(contact_moments.customer_id) as preference_moments
    from customers
    left join contact_moments on customers.customer_id = contact_moments.customer_id
    group by customers.customer_id
)

select * from customer_contacts
