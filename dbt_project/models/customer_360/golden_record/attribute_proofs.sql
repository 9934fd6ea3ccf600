-- One row per identifier that something proved right or wrong: when it was last confirmed, and whether that stands.
with

events as (
    select * from {{ ref('attribute_events') }}
),

observations as (
    select * from {{ ref('identifier_observations') }}
),

proven as (
    select
        observations.identifier_type,
        observations.identifier_value,
        events.says,
        events.words,
        events.occurred_at,
        row_number() over (
            partition by observations.identifier_type, observations.identifier_value, events.says
            order by events.occurred_at desc, events.record_id asc
        ) as place
    from events
    inner join observations
        on
            events.record_id = observations.record_id
            and events.attribute = observations.identifier_type
),

last_words as (
    select
        identifier_type,
        identifier_value,
        max(case when says = 'confirmed' then occurred_at end) as confirmed_at,
        max(case when says = 'confirmed' then words end) as confirmed_by,
        max(case when says in ('confirmed', 'alive') then occurred_at end) as alive_at,
        max(case when says = 'refuted' then occurred_at end) as refuted_at
    from proven
    where place = 1
    group by identifier_type, identifier_value
),

-- mail that came back takes the proof away until some arrives again
attribute_proofs as (
    select
        identifier_type,
        identifier_value,
        confirmed_at,
        confirmed_by,
        alive_at,
        refuted_at,
        confirmed_at is not null and coalesce(refuted_at < alive_at, true) as is_confirmed
    from last_words
)

select * from attribute_proofs
