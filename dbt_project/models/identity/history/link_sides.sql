-- One row per settled link and side: each identifier with the other one. A view: read only when somebody moved.
{{ config(materialized='view') }}

with

links as (

    select * from {{ ref('settled_links') }}

),

ends as (

    select true as is_anchor
    union all
    select false as is_anchor

),

sides as (

    select
        links.link_id,
        case when ends.is_anchor then links.anchor_identifier_id else links.identifier_id end as identifier_id,
        case when ends.is_anchor then links.identifier_id else links.anchor_identifier_id end as other_identifier_id,
        links.rule,
        links.tier,
        links.source,
        links.record_id,
        links.first_seen_at,
        links.reason
    from links
    cross join ends

)

select * from sides
