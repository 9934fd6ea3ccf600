-- The components of the links that hold are what the tiers settled; if not, a tier has joined what its links do not.
with

clusters as (

    select * from {{ ref('identity_clusters') }}

),

settled as (

    select * from {{ ref('tier_5_clusters') }}

),

unequal as (

    select
        settled.identifier_id,
        settled.cluster_id as settled_cluster_id,
        clusters.cluster_id
    from settled
    full outer join clusters on settled.identifier_id = clusters.identifier_id
    where settled.cluster_id is distinct from clusters.cluster_id

)

select * from unequal
