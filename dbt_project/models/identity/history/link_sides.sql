-- One row per settled link and side: each identifier with the other one.
with

links as (

    select * from {{ ref('settled_links') }}

),

sides as (

    select
        link_id,
        identifier_id,
        anchor_identifier_id as other_identifier_id,
        rule,
        tier,
        source,
        record_id,
        first_seen_at,
        reason
    from links
    union all
    select
        link_id,
        anchor_identifier_id as identifier_id,
        identifier_id as other_identifier_id,
        rule,
        tier,
        source,
        record_id,
        first_seen_at,
        reason
    from links

)

select * from sides
