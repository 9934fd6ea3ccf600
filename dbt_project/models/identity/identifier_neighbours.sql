-- One row per identifier and type of other identifiers that stood in a record with it: how many of them there were.
with

record_identifiers as (

    select * from {{ ref('record_identifiers') }}

),

placeholders as (

    select * from {{ ref('placeholder_identifiers') }}

),

named as (

    select record_identifiers.*
    from record_identifiers
    left join placeholders on record_identifiers.identifier_id = placeholders.identifier_id
    where placeholders.identifier_id is null

),

pairs as (

    select distinct
        stronger.identifier_id as stronger_id,
        stronger.identifier_type as stronger_type,
        weaker.identifier_id as weaker_id,
        weaker.identifier_type as weaker_type
    from named as stronger
    inner join named as weaker
        on stronger.record_id = weaker.record_id and stronger.strength < weaker.strength

),

neighbours as (

    select
        weaker_id as identifier_id,
        weaker_type as identifier_type,
        stronger_type as neighbour_type,
        true as is_stronger,
        count(*) as neighbours
    from pairs
    group by weaker_id, weaker_type, stronger_type
    union all
    select
        stronger_id as identifier_id,
        stronger_type as identifier_type,
        weaker_type as neighbour_type,
        false as is_stronger,
        count(*) as neighbours
    from pairs
    group by stronger_id, stronger_type, weaker_type

)

select * from neighbours
