-- One row per link that holds: two identifiers that stood in one record.
with

links as (

    select * from {{ ref('settled_links') }}

),

chosen as (

    select
        link_id,
        identifier_id,
        anchor_identifier_id,
        rule,
        tier,
        source,
        record_id,
        first_seen_at,
        last_seen_at,
        records
    from links
    where reason is null

)

select * from chosen
