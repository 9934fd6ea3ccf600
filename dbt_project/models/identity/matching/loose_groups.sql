-- One row per customer who is loosely alike to another one but not linked, with the group that such pairs make.
{{ config(materialized='connected_components') }}

with

likely_customers as (

    select * from {{ ref('likely_customers') }}

),

edges as (

    {{ likely_pairs('likely_customers', ['strict', 'loose']) }}

)

select * from edges
