-- One row per anchor and first name that stood in a record with it.
with

record_identifiers as (

    select * from {{ ref('trusted_record_identifiers') }}

),

names as (

    select * from {{ ref('record_names') }}

),

named as (

    select distinct
        record_identifiers.anchor_identifier_id as identifier_id,
        names.first_name
    from names
    inner join record_identifiers on names.record_id = record_identifiers.record_id
    where record_identifiers.identifier_id = record_identifiers.anchor_identifier_id

)

select * from named
