-- One row per customer, attribute and value that something proved right or wrong: what is known of the identifier.
{{ config(materialized='view') }}

with

stated_attributes as (
    select * from {{ ref('stated_attributes') }}
),

record_customers as (
    select * from {{ ref('record_customers') }}
),

proofs as (
    select * from {{ ref('attribute_proofs') }}
),

value_proofs as (
    select distinct
        record_customers.customer_id,
        stated_attributes.attribute,
        stated_attributes.value,
        proofs.confirmed_at,
        proofs.confirmed_by,
        proofs.alive_at,
        proofs.is_confirmed
    from stated_attributes
    inner join proofs
        on
            stated_attributes.attribute = proofs.identifier_type
            and stated_attributes.value = proofs.identifier_value
    inner join record_customers on stated_attributes.record_id = record_customers.record_id
)

select * from value_proofs
