-- One row per identifier.
with

record_identifiers as (

    select * from {{ ref('record_identifiers') }}

),

identifiers as (

    select
        identifier_id,
        identifier_type,
        identifier_value,
        min(occurred_at) as first_seen_at,
        max(occurred_at) as last_seen_at,
        count(*) as records
    from record_identifiers
    group by identifier_id, identifier_type, identifier_value

)

select * from identifiers
