-- One row per customer who is loosely alike to another one but not linked, with the group that such pairs make.
{{ config(materialized='connected_components') }}

with

likely_customers as (

    select * from {{ ref('likely_customers') }}

),

edges as (

    select
        customer_id,
        other_customer_id
    from likely_customers
    where level in ('strict', 'loose')

)

select * from edges
