-- One row per record, attribute and value that may win a place in the golden record.
{{ config(materialized='by_customer') }}

with

stated_attributes as (
    select * from {{ ref('stated_attributes') }}
),

record_customers as (
    select * from {{ ref('record_customers') }}
    where {{ is_due() }}
),

customer_identifiers as (
    select * from {{ ref('customer_identifiers') }}
    where {{ is_due() }}
),

attribute_rules as (
    select * from {{ ref('attribute_rules') }}
),

-- an address that is blocked, or that belongs to somebody else in the household, is no way to reach this customer
attribute_observations as (
    select
        record_customers.customer_id,
        stated_attributes.attribute,
        stated_attributes.value,
        stated_attributes.source,
        stated_attributes.record_id,
        stated_attributes.observed_at
    from stated_attributes
    inner join record_customers on stated_attributes.record_id = record_customers.record_id
    left join attribute_rules on stated_attributes.attribute = attribute_rules.attribute
    left join customer_identifiers
        on
            record_customers.customer_id = customer_identifiers.customer_id
            and stated_attributes.attribute = customer_identifiers.identifier_type
            and stated_attributes.value = customer_identifiers.identifier_value
    where
        not coalesce(attribute_rules.is_identifier, false)
        or customer_identifiers.customer_id is not null
)

select * from attribute_observations
