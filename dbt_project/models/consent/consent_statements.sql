-- One row per consent event, trusted identifier that it names, customer whom it reaches, and purpose and channel that
-- it speaks of. A grant speaks for the record's own customer; a withdrawal for everybody whom the record names, for the
-- record's own customer, and for the addresses that they share with others: a mailbox of two is not written to when one
-- of them said no.
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

granted as (

    select
        consent_events.consent_event_id,
        consent_identifiers.identifier_id,
        consent_identifiers.customer_id
    from consent_events
    inner join consent_identifiers on consent_events.record_id = consent_identifiers.record_id
    inner join record_customers
        on
            consent_events.record_id = record_customers.record_id
            and consent_identifiers.customer_id = record_customers.customer_id
    where consent_events.is_grant

),

withdrawn as (

    select
        consent_events.consent_event_id,
        consent_identifiers.identifier_id,
        consent_identifiers.customer_id
    from consent_events
    inner join consent_identifiers on consent_events.record_id = consent_identifiers.record_id
    where not consent_events.is_grant
    union
    select
        consent_events.consent_event_id,
        consent_identifiers.identifier_id,
        record_customers.customer_id
    from consent_events
    inner join consent_identifiers on consent_events.record_id = consent_identifiers.record_id
    inner join record_customers on consent_events.record_id = record_customers.record_id
    where not consent_events.is_grant

),

named as (

    select * from granted
    union
    select * from withdrawn
    union
    select
        withdrawn.consent_event_id,
        withdrawn.identifier_id,
        shared_addresses.shared_customer_id as customer_id
    from withdrawn
    inner join shared_addresses on withdrawn.customer_id = shared_addresses.customer_id

),

spoken as (

    select
        named.consent_event_id,
        consent_events.purpose,
        consent_events.channel,
        consent_events.recipient,
        consent_events.is_grant,
        consent_events.occurred_at,
        named.identifier_id,
        named.customer_id
    from named
    inner join consent_events on named.consent_event_id = consent_events.consent_event_id

),

subjects as (

    select distinct
        customer_id,
        purpose,
        channel
    from spoken

),

-- Only a withdrawal can say `any`: it reaches whatever the customer ever spoke of.
reached as (

    select
        spoken.consent_event_id,
        spoken.identifier_id,
        spoken.customer_id,
        subjects.purpose,
        subjects.channel,
        spoken.recipient,
        spoken.is_grant,
        spoken.occurred_at
    from spoken
    inner join subjects
        on
            spoken.customer_id = subjects.customer_id
            and spoken.purpose in (subjects.purpose, 'any')
            and spoken.channel in (subjects.channel, 'any')

)

select * from reached
