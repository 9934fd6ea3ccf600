-- One row per trusted identifier, with the customer to whom it belongs.
with

clusters as (

    select * from {{ ref('identity_clusters') }}

),

assignments as (

    select * from {{ ref('identity_assignments') }}

),

identifiers as (

    select * from {{ ref('identifiers') }}

),

last_entries as (

    select
        identifier_id,
        customer_id,
        row_number() over (
            partition by identifier_id
            order by run_number desc
        ) as entry
    from assignments

),

owned as (

    select
        last_entries.customer_id,
        identifiers.identifier_id,
        identifiers.identifier_type,
        identifiers.identifier_value,
        identifiers.first_seen_at,
        identifiers.last_seen_at,
        identifiers.records
    from last_entries
    inner join clusters on last_entries.identifier_id = clusters.identifier_id
    inner join identifiers on last_entries.identifier_id = identifiers.identifier_id
    where last_entries.entry = 1

)

select * from owned
