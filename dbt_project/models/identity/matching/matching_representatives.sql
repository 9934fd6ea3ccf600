-- One row per cluster of the exact tiers: the identifier by which its scores are kept, since clusters change.
with

clusters as (

    select * from {{ ref('tier_4_clusters') }}

),

identifiers as (

    select * from {{ ref('identifiers') }}

),

types as (

    select * from {{ ref('identifier_types') }}

),

-- What several people use stands for none of them.
ranked as (

    select
        clusters.cluster_id,
        clusters.identifier_id,
        identifiers.first_seen_at,
        row_number() over (
            partition by clusters.cluster_id
            order by types.strength, identifiers.first_seen_at nulls last, clusters.identifier_id
        ) as place
    from clusters
    inner join identifiers on clusters.identifier_id = identifiers.identifier_id
    inner join types on identifiers.identifier_type = types.identifier_type
    where not clusters.is_contested

),

chosen as (

    select
        cluster_id,
        identifier_id
    from ranked
    where place = 1

)

select * from chosen
