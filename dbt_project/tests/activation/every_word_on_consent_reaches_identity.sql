-- Records that speak of consent or suppression of which identity has seen no identifier: a withdrawal among them would
-- silently stop nobody.
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

records as (

    select record_id from consent_events
    union
    select record_id from suppression_events

),

unseen as (

    select records.record_id
    from records
    left join identifier_observations
        on records.record_id = identifier_observations.record_id
    where identifier_observations.record_id is null

)

select * from unseen
