-- One row per identifier and what stood in a record with it: another identifier, or a first name.
with

record_identifiers as (

    select * from {{ ref('record_identifiers') }}

),

placeholders as (

    select * from {{ ref('placeholder_identifiers') }}

),

names as (

    select * from {{ ref('record_names') }}

),

types as (

    select * from {{ ref('identifier_types') }}

),

trusted as (

    select record_identifiers.*
    from record_identifiers
    left join placeholders on record_identifiers.identifier_id = placeholders.identifier_id
    where placeholders.identifier_id is null

),

pairs as (

    select
        stronger.identifier_id as stronger_id,
        stronger.identifier_type as stronger_type,
        weaker.identifier_id as weaker_id,
        weaker.identifier_type as weaker_type,
        min(weaker.occurred_at) as first_seen_at
    from trusted as stronger
    inner join trusted as weaker
        on stronger.record_id = weaker.record_id and stronger.strength < weaker.strength
    group by stronger.identifier_id, stronger.identifier_type, weaker.identifier_id, weaker.identifier_type

),

-- Cookies come and go: how many somebody has says nothing.
known_weaker as (

    select pairs.*
    from pairs
    inner join types on pairs.weaker_type = types.identifier_type
    where types.is_known

),

named as (

    select
        trusted.identifier_id,
        trusted.identifier_type,
        names.first_name,
        min(trusted.occurred_at) as first_seen_at
    from trusted
    inner join names on trusted.record_id = names.record_id
    group by trusted.identifier_id, trusted.identifier_type, names.first_name

),

neighbours as (

    select
        weaker_id as identifier_id,
        weaker_type as identifier_type,
        'any_stronger' as counted_as,
        stronger_type as neighbour_type,
        cast(stronger_id as {{ dbt.type_string() }}) as neighbour,
        first_seen_at
    from pairs
    union all
    select
        stronger_id as identifier_id,
        stronger_type as identifier_type,
        'any_weaker' as counted_as,
        weaker_type as neighbour_type,
        cast(weaker_id as {{ dbt.type_string() }}) as neighbour,
        first_seen_at
    from known_weaker
    union all
    select
        identifier_id,
        identifier_type,
        'first_name' as counted_as,
        'first_name' as neighbour_type,
        first_name as neighbour,
        first_seen_at
    from named

)

select * from neighbours
