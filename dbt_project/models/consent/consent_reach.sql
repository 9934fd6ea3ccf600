-- One row per consent event, trusted identifier that it names and customer whom it reaches. A grant speaks for the
-- record's own customer; a withdrawal for all whom the record names, and for the addresses that they share with others.
with

consent_events as (
    select * from {{ ref('consent_events') }}
),

consent_identifiers as (
    select * from {{ ref('consent_identifiers') }}
),

record_customers as (
    select * from {{ ref('record_customers') }}
),

shared_addresses as (
    select * from {{ ref('shared_addresses') }}
),

named as (

    select
        consent_events.consent_event_id,
        consent_events.is_grant,
        consent_identifiers.identifier_id,
        consent_identifiers.customer_id,
        record_customers.customer_id as record_customer_id
    from consent_events
    inner join consent_identifiers on consent_events.record_id = consent_identifiers.record_id
    left join record_customers on consent_events.record_id = record_customers.record_id

),

withdrawn as (

    select
        consent_event_id,
        identifier_id,
        customer_id
    from named
    where not is_grant
    union
    select
        consent_event_id,
        identifier_id,
        record_customer_id as customer_id
    from named
    where not is_grant and record_customer_id is not null

),

reached as (

    select
        consent_event_id,
        identifier_id,
        customer_id
    from named
    where is_grant and customer_id = record_customer_id
    union
    select * from withdrawn
    union
    select
        withdrawn.consent_event_id,
        withdrawn.identifier_id,
        shared_addresses.shared_customer_id as customer_id
    from withdrawn
    inner join shared_addresses on withdrawn.customer_id = shared_addresses.customer_id

)

select * from reached
