-- One row per pair of identifiers that are held to be one person because their people are alike: the last tier.
with

levels as (

    select * from {{ ref('matching_levels') }}

),

accepted as (

    select
        identifier_id,
        other_identifier_id as anchor_identifier_id,
        score,
        level,
        scored_as_of as first_seen_at,
        scored_as_of as last_seen_at
    from levels
    where {{ is_level_accepted('level') }}

)

select * from accepted
