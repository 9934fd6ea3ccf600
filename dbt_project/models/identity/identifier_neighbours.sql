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

identifiers as (

    select * from {{ ref('identifiers') }}

),

types as (

    select * from {{ ref('identifier_types') }}

),

trusted as (

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
    from trusted as stronger
    inner join trusted as weaker
        on stronger.record_id = weaker.record_id and stronger.strength < weaker.strength
    group by stronger.identifier_id, weaker.identifier_id

),

typed_pairs as (

    select
        pairs.stronger_id,
        stronger.identifier_type as stronger_type,
        pairs.weaker_id,
        weaker.identifier_type as weaker_type,
        types.is_known as is_weaker_known,
        pairs.first_seen_at
    from pairs
    inner join identifiers as stronger on pairs.stronger_id = stronger.identifier_id
    inner join identifiers as weaker on pairs.weaker_id = weaker.identifier_id
    inner join types on weaker.identifier_type = types.identifier_type

),

named as (

    select
        trusted.identifier_id,
        {{ hash64('names.first_name') }} as name_id,
        min(trusted.occurred_at) as first_seen_at
    from trusted
    inner join names on trusted.record_id = names.record_id
    group by trusted.identifier_id, names.first_name

),

-- Cookies come and go: how many of them somebody has says nothing.
neighbours as (

    select
        weaker_id as identifier_id,
        weaker_type as identifier_type,
        'any_stronger' as counted_as,
        stronger_type as neighbour_type,
        stronger_id as neighbour_id,
        first_seen_at
    from typed_pairs
    union all
    select
        stronger_id as identifier_id,
        stronger_type as identifier_type,
        'any_weaker' as counted_as,
        weaker_type as neighbour_type,
        weaker_id as neighbour_id,
        first_seen_at
    from typed_pairs
    where is_weaker_known
    union all
    select
        named.identifier_id,
        identifiers.identifier_type,
        'first_name' as counted_as,
        'first_name' as neighbour_type,
        named.name_id as neighbour_id,
        named.first_seen_at
    from named
    inner join identifiers on named.identifier_id = identifiers.identifier_id

)

select * from neighbours
