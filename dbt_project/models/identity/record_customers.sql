-- One row per record that has a trusted identifier, with its customer. Any other record belongs to nobody.
with

claims as (

    select * from {{ ref('record_claims') }}

),

shared_device_records as (

    select * from {{ ref('shared_device_records') }}

),

owned as (

    select
        claims.record_id,
        claims.source,
        coalesce(shared_device_records.customer_id, claims.customer_id) as customer_id
    from claims
    left join shared_device_records on claims.record_id = shared_device_records.record_id

)

select * from owned
