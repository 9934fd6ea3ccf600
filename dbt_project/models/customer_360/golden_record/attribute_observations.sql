-- One row per record, attribute and value that may win a place in the golden record.
{{ config(materialized='view') }}

with

feed as (
    {{ union_attributes() }}
),

record_customers as (
    select * from {{ ref('record_customers') }}
),

customer_identifiers as (
    select * from {{ ref('customer_identifiers') }}
),

attribute_rules as (
    select * from {{ ref('attribute_rules') }}
),

owned as (
    select
        record_customers.customer_id,
        feed.attribute,
        trim(feed.value) as value,
        feed.source,
        feed.record_id,
        coalesce(feed.occurred_at, feed.loaded_at) as observed_at
    from feed
    inner join record_customers on feed.record_id = record_customers.record_id
    where
        trim(feed.value) <> ''
        and coalesce(feed.occurred_at, feed.loaded_at) < {{ as_of() }}
),

-- the first of January 1900 is what forms write when nobody answers
plausible as (
    select * from owned
    where
        attribute <> 'birth_date'
        or (value > '1900-01-01' and value < '{{ var("as_of")[:10] }}')
),

-- an address that is blocked, or that belongs to somebody else in the household, is no way to reach this customer
attribute_observations as (
    select
        plausible.customer_id,
        plausible.attribute,
        plausible.value,
        plausible.source,
        plausible.record_id,
        plausible.observed_at
    from plausible
    left join attribute_rules on plausible.attribute = attribute_rules.attribute
    left join customer_identifiers
        on
            plausible.customer_id = customer_identifiers.customer_id
            and plausible.attribute = customer_identifiers.identifier_type
            and plausible.value = customer_identifiers.identifier_value
    where
        not coalesce(attribute_rules.is_identifier, false)
        or customer_identifiers.customer_id is not null
)

select * from attribute_observations
