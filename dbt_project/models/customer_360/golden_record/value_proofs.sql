-- One row per customer, attribute and value that something proved right or wrong: what is known of the identifier.
{{ config(materialized='view') }}

with

observations as (
    select * from {{ ref('attribute_observations') }}
),

proofs as (
    select * from {{ ref('attribute_proofs') }}
),

value_proofs as (
    select distinct
        observations.customer_id,
        observations.attribute,
        observations.value,
        proofs.confirmed_at,
        proofs.confirmed_by,
        proofs.alive_at,
        proofs.is_confirmed
    from observations
    inner join proofs
        on
            observations.attribute = proofs.identifier_type
            and observations.value = proofs.identifier_value
)

select * from value_proofs
