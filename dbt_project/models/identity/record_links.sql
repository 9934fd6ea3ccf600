-- One row per pair of an identifier and an anchor that stood in one record.
-- Each record's identifiers are tied to its anchor, as a star: a clique would say the same with more links.
with

record_identifiers as (

    select * from {{ ref('trusted_record_identifiers') }}

),

stars as (

    select * from record_identifiers
    where identifier_id <> anchor_identifier_id

),

pairs as (

    select
        identifier_id,
        anchor_identifier_id,
        identifier_type,
        tier,
        min(occurred_at) as first_seen_at,
        max(occurred_at) as last_seen_at,
        count(*) as records
    from stars
    group by identifier_id, anchor_identifier_id, identifier_type, tier

),

first_records as (

    select
        pairs.identifier_id,
        pairs.anchor_identifier_id,
        min(stars.record_id) as record_id,
        min(stars.source) as source
    from pairs
    inner join stars
        on
            pairs.identifier_id = stars.identifier_id
            and pairs.anchor_identifier_id = stars.anchor_identifier_id
            and pairs.first_seen_at is not distinct from stars.occurred_at
    group by pairs.identifier_id, pairs.anchor_identifier_id

),

links as (

    select
        {{ link_key('pairs.identifier_id', 'pairs.anchor_identifier_id') }} as link_id,
        pairs.*,
        first_records.source,
        first_records.record_id
    from pairs
    inner join first_records
        on
            pairs.identifier_id = first_records.identifier_id
            and pairs.anchor_identifier_id = first_records.anchor_identifier_id

)

select * from links
