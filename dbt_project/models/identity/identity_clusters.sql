-- One row per trusted identifier, with its cluster: the connected components of the links that hold.
{{ config(materialized='connected_components', incremental='compare') }}

with

identifiers as (

    select * from {{ ref('single_clusters') }}

),

links as (

    select * from {{ ref('identity_links') }}

),

edges as (

    select
        identifier_id,
        anchor_identifier_id
    from links
    union all
    select
        identifier_id,
        identifier_id as anchor_identifier_id
    from identifiers

)

select * from edges
