-- One row per link that was refused, with both of its sides, the rule that refused it and the reason in words.
with

links as (

    select * from {{ ref('settled_links') }}

),

identifiers as (

    select * from {{ ref('identifiers') }}

),

refused as (

    select
        links.link_id,
        links.identifier_id,
        identifiers.identifier_type,
        identifiers.identifier_value,
        links.anchor_identifier_id,
        anchors.identifier_type as anchor_type,
        anchors.identifier_value as anchor_value,
        links.rule,
        links.tier,
        links.source,
        links.record_id,
        links.first_seen_at,
        links.last_seen_at,
        links.records,
        links.refused_by,
        links.reason
    from links
    inner join identifiers on links.identifier_id = identifiers.identifier_id
    inner join identifiers as anchors on links.anchor_identifier_id = anchors.identifier_id
    where links.reason is not null

)

select * from refused
