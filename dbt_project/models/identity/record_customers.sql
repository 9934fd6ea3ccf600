-- One row per record that has a trusted identifier, with its customer: the one of its strongest identifier that belongs
-- to one customer only, or else of its strongest. Any other record belongs to nobody.
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

ranked as (

    select
        record_identifiers.record_id,
        record_identifiers.source,
        record_identifiers.identifier_id,
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

owned as (

    select
        ranked.record_id,
        ranked.source,
        customer_identifiers.customer_id
    from ranked
    inner join customer_identifiers on ranked.identifier_id = customer_identifiers.identifier_id
    where ranked.place = 1

)

select * from owned
