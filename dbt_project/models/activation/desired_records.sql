-- One row per sync and key: what the destination should hold.
with

payloads as (

    {{ union_syncs() | trim }}

),

syncs as (

    select * from {{ ref('syncs') }}

),

desired as (

    select
        payloads.sync,
        syncs.destination,
        payloads.record_key,
        payloads.customer_id,
        payloads.permission_id,
        payloads.is_incomplete,
        payloads.payload,
        {{ dbt.hash('payloads.payload') }} as payload_hash,
        '{{ invocation_id }}' as build_id,
        {{ as_of() }} as as_of
    from payloads
    inner join syncs
        on payloads.sync = syncs.sync

)

select * from desired
