-- One row per trusted identifier: at the start each is a cluster of its own.
with

identifiers as (

    select * from {{ ref('identifiers') }}

),

blocked as (

    select * from {{ ref('blocked_identifiers') }}

),

alone as (

    select
        identifiers.identifier_id,
        identifiers.identifier_id as cluster_id,
        false as is_contested
    from identifiers
    left join blocked on identifiers.identifier_id = blocked.identifier_id
    where blocked.identifier_id is null

)

select * from alone
