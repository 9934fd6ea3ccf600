-- One row per customer and address that they share with others: an email or telephone that stood in their records and
-- could not be held to be theirs alone, so that it is a customer of its own.
with

refused_links as (

    select * from {{ ref('refused_links') }}

),

settled as (

    select * from {{ ref('tier_5_clusters') }}

),

customer_identifiers as (

    select * from {{ ref('customer_identifiers') }}

),

shared as (

    select distinct
        owners.customer_id,
        refused_links.identifier_id,
        addresses.customer_id as shared_customer_id
    from refused_links
    inner join settled on refused_links.identifier_id = settled.identifier_id
    inner join customer_identifiers as addresses on refused_links.identifier_id = addresses.identifier_id
    inner join customer_identifiers as owners on refused_links.anchor_identifier_id = owners.identifier_id
    where
        settled.is_contested
        and refused_links.tier in (2, 3)
        and owners.customer_id <> addresses.customer_id

)

select * from shared
