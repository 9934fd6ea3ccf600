-- One row per two identifiers of different strength that stood in one record. Placeholders are left out.
with

record_identifiers as (

    select * from {{ ref('record_identifiers') }}

),

placeholders as (

    select * from {{ ref('placeholder_identifiers') }}

),

plausible as (

    select
        record_identifiers.record_id,
        record_identifiers.identifier_id,
        record_identifiers.strength,
        record_identifiers.occurred_at
    from record_identifiers
    left join placeholders on record_identifiers.identifier_id = placeholders.identifier_id
    where placeholders.identifier_id is null

),

pairs as (

    select
        stronger.identifier_id as stronger_id,
        weaker.identifier_id as weaker_id,
        min(weaker.occurred_at) as first_seen_at
    from plausible as stronger
    inner join plausible as weaker
        on stronger.record_id = weaker.record_id and stronger.strength < weaker.strength
    group by stronger.identifier_id, weaker.identifier_id

)

select * from pairs
