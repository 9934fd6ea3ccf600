-- One row per identifier and what stood in a record with it: another identifier, or a first name.
with

pairs as (

    select * from {{ ref('identifier_pairs') }}

),

names as (

    select * from {{ ref('identifier_names') }}

),

identifiers as (

    select * from {{ ref('identifiers') }}

),

types as (

    select * from {{ ref('identifier_types') }}

),

typed_pairs as (

    select
        pairs.*,
        stronger.identifier_type as stronger_type,
        weaker.identifier_type as weaker_type,
        types.is_known as is_weaker_known
    from pairs
    inner join identifiers as stronger on pairs.stronger_id = stronger.identifier_id
    inner join identifiers as weaker on pairs.weaker_id = weaker.identifier_id
    inner join types on weaker.identifier_type = types.identifier_type

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
        identifier_id,
        identifier_type,
        'first_name' as counted_as,
        'first_name' as neighbour_type,
        {{ hash64('first_name') }} as neighbour_id,
        first_seen_at
    from names

)

select * from neighbours
