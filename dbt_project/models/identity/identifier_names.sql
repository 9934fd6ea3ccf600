-- One row per identifier and first name that stood in a record with it.
with

record_identifiers as (

    select * from {{ ref('record_identifiers') }}

),

names as (

    select * from {{ ref('record_names') }}

),

named as (

    select
        record_identifiers.identifier_id,
        record_identifiers.identifier_type,
        names.first_name,
        min(record_identifiers.occurred_at) as first_seen_at
    from record_identifiers
    inner join names on record_identifiers.record_id = names.record_id
    group by record_identifiers.identifier_id, record_identifiers.identifier_type, names.first_name

)

select * from named
