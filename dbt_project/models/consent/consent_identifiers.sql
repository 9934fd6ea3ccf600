-- One row per record of a consent or suppression event and trusted identifier in it, with the customer who has it.
-- A record may name identifiers of several customers: a shared form, a link that was refused.
with

consent_events as (

    select * from {{ ref('consent_events') }}

),

suppression_events as (

    {{ union_feed('suppression_events') | trim }}

),

identifier_observations as (

    select * from {{ ref('identifier_observations') }}

),

customer_identifiers as (

    select * from {{ ref('customer_identifiers') }}

),

records as (

    select record_id from consent_events
    union
    select record_id from suppression_events

),

identified as (

    select distinct
        records.record_id,
        customer_identifiers.identifier_id,
        customer_identifiers.identifier_type,
        customer_identifiers.identifier_value,
        customer_identifiers.customer_id
    from records
    inner join identifier_observations
        on records.record_id = identifier_observations.record_id
    inner join customer_identifiers
        on
            identifier_observations.identifier_type = customer_identifiers.identifier_type
            and identifier_observations.identifier_value = customer_identifiers.identifier_value

)

select * from identified
