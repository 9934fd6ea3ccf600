-- One row per record that has a trusted identifier: its strongest identifier that belongs to one customer only, or else
-- its strongest, and that one's customer.
with

record_identifiers as (

    select * from {{ ref('trusted_record_identifiers') }}

),

settled as (

    select * from {{ ref('tier_5_clusters') }}

),

customer_identifiers as (

    select * from {{ ref('customer_identifiers') }}

),

types as (

    select * from {{ ref('identifier_types') }}

),

ranked as (

    select
        record_identifiers.record_id,
        record_identifiers.source,
        record_identifiers.identifier_id,
        record_identifiers.identifier_type,
        record_identifiers.occurred_at,
        settled.is_contested,
        row_number() over (
            partition by record_identifiers.record_id
            order by
                settled.is_contested,
                record_identifiers.strength,
                record_identifiers.identifier_type,
                record_identifiers.identifier_id
        ) as place
    from record_identifiers
    inner join settled on record_identifiers.identifier_id = settled.identifier_id

),

claimed as (

    select
        ranked.record_id,
        ranked.source,
        ranked.identifier_id,
        ranked.occurred_at,
        ranked.is_contested and not types.is_known as is_shared_device,
        customer_identifiers.customer_id
    from ranked
    inner join types on ranked.identifier_type = types.identifier_type
    inner join customer_identifiers on ranked.identifier_id = customer_identifiers.identifier_id
    where ranked.place = 1

)

select * from claimed
