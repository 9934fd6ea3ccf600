-- One row per link that was refused, with the reason.
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
        records,
        reason
    from links
    where reason is not null

)

select * from chosen
