-- One row per consent event, trusted identifier that it names, customer whom it reaches, and purpose and channel that
-- it speaks of.
with

consent_events as (

    select * from {{ ref('consent_events') }}

),

consent_reach as (

    select * from {{ ref('consent_reach') }}

),

spoken as (

    select
        consent_reach.consent_event_id,
        consent_events.purpose,
        consent_events.channel,
        consent_events.recipient,
        consent_events.is_grant,
        consent_events.occurred_at,
        consent_reach.identifier_id,
        consent_reach.customer_id
    from consent_reach
    inner join consent_events on consent_reach.consent_event_id = consent_events.consent_event_id

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
