-- One row per sync, destination and key about which the destination has still to be told something.
{{ config(materialized='view') }}

with

outgoing_records as (

    select * from {{ ref('outgoing_records') }}

),

leaving_records as (

    select * from {{ ref('leaving_records') }}

),

pending as (

    select
        sync,
        destination,
        operation,
        record_key,
        customer_id,
        permission_id,
        payload,
        payload_hash,
        previous_outcome,
        external_id
    from outgoing_records
    union all
    select
        sync,
        destination,
        operation,
        record_key,
        customer_id,
        cast(null as {{ dbt.type_string() }}) as permission_id,
        cast(null as {{ dbt.type_string() }}) as payload,
        cast(null as {{ dbt.type_string() }}) as payload_hash,
        previous_outcome,
        external_id
    from leaving_records

)

select * from pending
