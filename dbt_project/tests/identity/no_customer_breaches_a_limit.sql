-- A customer has no more identifiers of a type than is allowed for all time. What was decided to be the same counts
-- once.
with

clusters as (

    select * from {{ ref('identity_clusters') }}

),

decided as (

    select * from {{ ref('tier_0_clusters') }}

),

identifiers as (

    select * from {{ ref('identifiers') }}

),

limits as (

    select * from {{ ref('identifier_type_limits') }}
    where direction = 'per_customer' and window_days is null

),

counted as (

    select
        clusters.cluster_id,
        identifiers.identifier_type,
        count(distinct decided.cluster_id) as taken
    from clusters
    inner join decided on clusters.identifier_id = decided.identifier_id
    inner join identifiers on clusters.identifier_id = identifiers.identifier_id
    group by clusters.cluster_id, identifiers.identifier_type

),

breaches as (

    select
        counted.cluster_id,
        counted.identifier_type,
        counted.taken,
        limits.max_values
    from counted
    inner join limits on counted.identifier_type = limits.identifier_type
    where counted.taken > limits.max_values

)

select * from breaches
