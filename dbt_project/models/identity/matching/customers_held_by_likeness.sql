-- One row per customer whom a likeness holds together, with the weakest one that does.
with

identity_links as (

    select * from {{ ref('identity_links') }}
    where source = 'matching'

),

likely_links as (

    select * from {{ ref('likely_links') }}

),

exact_clusters as (

    select * from {{ ref('tier_4_clusters') }}

),

customer_identifiers as (

    select * from {{ ref('customer_identifiers') }}

),

-- A pair that was scored long ago may have found an identifier in common since.
joining as (

    select
        likely_links.identifier_id,
        likely_links.level
    from identity_links
    inner join likely_links
        on
            identity_links.identifier_id = likely_links.identifier_id
            and identity_links.anchor_identifier_id = likely_links.anchor_identifier_id
    inner join exact_clusters as own on likely_links.identifier_id = own.identifier_id
    inner join exact_clusters as anchors on likely_links.anchor_identifier_id = anchors.identifier_id
    where own.cluster_id <> anchors.cluster_id

),

held as (

    select
        customer_identifiers.customer_id,
        case when count(case when joining.level = 'loose' then 1 end) > 0 then 'loose' else 'strict' end as held_by
    from joining
    inner join customer_identifiers on joining.identifier_id = customer_identifiers.identifier_id
    group by customer_identifiers.customer_id

)

select * from held
