-- One row per link that is put forward, before any limit: what records say, what people decided and what is likely.
with

types as (

    select * from {{ ref('identifier_types') }}

),

record_links as (

    select * from {{ ref('record_links') }}

),

decided_links as (

    select * from {{ ref('decided_links') }}

),

likely_links as (

    select * from {{ ref('likely_links') }}

),

said as (

    select
        record_links.link_id,
        record_links.identifier_id,
        record_links.anchor_identifier_id,
        types.rule,
        record_links.tier,
        record_links.source,
        record_links.record_id,
        record_links.first_seen_at,
        record_links.last_seen_at,
        record_links.records
    from record_links
    inner join types on record_links.identifier_type = types.identifier_type

),

likely as (

    select
        {{ link_key('likely_links.identifier_id', 'likely_links.anchor_identifier_id', 'matching') }} as link_id,
        likely_links.identifier_id,
        likely_links.anchor_identifier_id,
        'likeness' as rule,
        5 as tier,
        'matching' as source,
        cast(null as {{ dbt.type_string() }}) as record_id,
        likely_links.first_seen_at,
        likely_links.last_seen_at,
        0 as records
    from likely_links

),

candidates as (

    select * from said
    union all
    select * from decided_links
    union all
    select * from likely

)

select * from candidates
