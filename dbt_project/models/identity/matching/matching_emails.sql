-- One row per cluster that has emails of its own: all of them in order, with a blank between two.
with

clusters as (

    select * from {{ ref('tier_4_clusters') }}

),

identifiers as (

    select * from {{ ref('identifiers') }}

),

listed as (

    select
        clusters.cluster_id,
        {{ dbt.listagg('identifiers.identifier_value', "' '", 'order by identifiers.identifier_value') }} as emails
    from clusters
    inner join identifiers on clusters.identifier_id = identifiers.identifier_id
    where identifiers.identifier_type = 'email' and not clusters.is_contested
    group by clusters.cluster_id

)

select * from listed
