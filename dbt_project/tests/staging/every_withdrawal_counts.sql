-- Events of a person that are no readable grant, nor replaced by one, and yet do not withdraw.
with

events as (

    select * from {{ ref('base_consent__events') }}

),

staged as (

    select * from {{ ref('stg_consent__events') }}

),

replaced as (

    select
        consent_event_key,
        max(loaded_at) as granted_at
    from events
    where decision = 'granted' and problem is null
    group by consent_event_key

),

lost as (

    select events.*
    from events
    left outer join replaced
        on events.consent_event_key = replaced.consent_event_key
    left outer join staged
        on
            staged.record_id = 'consent_events:' || events.consent_event_key
            and staged.decision = 'withdrawn'
    where
        events.decision is distinct from 'granted'
        and coalesce(events.user_id, events.email, events.phone, events.loyalty_card) is not null
        and (replaced.granted_at is null or replaced.granted_at <= events.loaded_at)
        and staged.record_id is null

)

select * from lost
