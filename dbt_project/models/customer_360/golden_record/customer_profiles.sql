-- One row per customer with at least one attribute: the golden record, an attribute a column.
{{ config(materialized='by_customer') }}

with

attributes as (
    select * from {{ ref('customer_attributes') }}
    where {{ is_due() }}
),

customer_profiles as (
    select
        customer_id,
        max(value) filter (where attribute = 'email') as email,
        max(value) filter (where attribute = 'phone') as phone,
        max(value) filter (where attribute = 'first_name') as first_name,
        max(value) filter (where attribute = 'last_name') as last_name,
        max({{ parse_date('value') }}) filter (where attribute = 'birth_date') as birth_date,
        max(value) filter (where attribute = 'gender') as gender,
        max(value) filter (where attribute = 'country') as country,
        max(value) filter (where attribute = 'city') as city,
        max(value) filter (where attribute = 'postal_code') as postal_code,
        max(value) filter (where attribute = 'loyalty_tier') as loyalty_tier,
        max(value) filter (where attribute = 'lifecycle_stage') as lifecycle_stage,
        max(confirmed_at) filter (where attribute = 'email') as email_confirmed_at,
        max(confirmed_at) filter (where attribute = 'phone') as phone_confirmed_at
    from attributes
    group by customer_id
)

select * from customer_profiles
