-- One row per cluster and attribute: the value that most of its records hold, of several the latest.
with

attributes as (

    {{ union_attributes() | trim }}

),

record_identifiers as (

    select * from {{ ref('trusted_record_identifiers') }}

),

clusters as (

    select * from {{ ref('tier_4_clusters') }}

),

compared as (

    select * from attributes
    where attribute in ({{ compared_attributes() }})

),

-- A record speaks for the cluster of its strongest identifier that one person alone uses.
ranked as (

    select
        compared.record_id,
        compared.attribute,
        compared.value,
        compared.occurred_at,
        clusters.cluster_id,
        row_number() over (
            partition by compared.record_id, compared.attribute, compared.value
            order by record_identifiers.strength, record_identifiers.identifier_type, record_identifiers.identifier_id
        ) as place
    from compared
    inner join record_identifiers on compared.record_id = record_identifiers.record_id
    inner join clusters on record_identifiers.identifier_id = clusters.identifier_id
    where not clusters.is_contested

),

counted as (

    select
        cluster_id,
        attribute,
        value,
        row_number() over (
            partition by cluster_id, attribute
            order by count(*) desc, max(occurred_at) desc nulls last, value asc
        ) as choice
    from ranked
    where place = 1
    group by cluster_id, attribute, value

),

chosen as (

    select
        cluster_id,
        attribute,
        value
    from counted
    where choice = 1

)

select * from chosen
