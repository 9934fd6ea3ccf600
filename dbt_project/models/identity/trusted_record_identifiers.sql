-- One row per record and identifier that may link, with the record's anchor: its strongest trusted identifier.
with

record_identifiers as (

    select * from {{ ref('record_identifiers') }}

),

blocked as (

    select * from {{ ref('blocked_identifiers') }}

),

trusted as (

    select record_identifiers.*
    from record_identifiers
    left join blocked on record_identifiers.identifier_id = blocked.identifier_id
    where blocked.identifier_id is null

),

anchored as (

    select
        record_id,
        source,
        identifier_id,
        identifier_type,
        strength,
        tier,
        occurred_at,
        first_value(identifier_id) over (
            partition by record_id
            order by strength, identifier_type, identifier_id
        ) as anchor_identifier_id
    from trusted

)

select * from anchored
