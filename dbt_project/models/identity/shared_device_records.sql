-- One row per record that has nothing but a device of several customers, and was made shortly before or after one of
-- them used it: it is held to be that customer's. Of two as near the one before counts.
with

claims as (

    select * from {{ ref('record_claims') }}

),

record_identifiers as (

    select * from {{ ref('trusted_record_identifiers') }}

),

unclear as (

    select * from claims
    where is_shared_device

),

uses as (

    select
        record_identifiers.identifier_id,
        record_identifiers.occurred_at,
        min(claims.customer_id) as customer_id
    from record_identifiers
    inner join claims on record_identifiers.record_id = claims.record_id
    where not claims.is_shared_device
    group by record_identifiers.identifier_id, record_identifiers.occurred_at
    having count(distinct claims.customer_id) = 1

),

near as (

    select
        unclear.record_id,
        uses.customer_id,
        row_number() over (
            partition by unclear.record_id
            order by
                abs({{ seconds_between('uses.occurred_at', 'unclear.occurred_at') }}),
                uses.occurred_at
        ) as place
    from unclear
    inner join uses on unclear.identifier_id = uses.identifier_id
    where
        uses.occurred_at <= {{ dbt.dateadd('day', var('shared_device_days'), 'unclear.occurred_at') }}
        and unclear.occurred_at <= {{ dbt.dateadd('day', var('shared_device_days'), 'uses.occurred_at') }}

),

nearest as (

    select
        record_id,
        customer_id
    from near
    where place = 1

)

select * from nearest
