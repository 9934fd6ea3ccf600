-- One row per record, identifier type and identifier value.
-- What is read again is decided by load time, so that a row that happened long ago and came late is not lost. A record
-- that came again replaces what it said before.
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['record_id', 'identifier_type'],
    on_schema_change='fail',
) }}

with

staged as (

    {{ union_identifier_observations() | trim }}

),

held as (

    {{ loaded_until() }}

),

arrived as (

    select staged.*
    from staged
    left join held
        on
            {{ record_table('staged.record_id') }} = held.record_table
            and staged.identifier_type = held.identifier_type
    where held.loaded_until is null or staged.loaded_at >= held.loaded_until

),

observations as (

    select
        record_id,
        min(source) as source,
        identifier_type,
        identifier_value,
        min(occurred_at) as occurred_at,
        max(loaded_at) as loaded_at
    from arrived
    group by record_id, identifier_type, identifier_value

)

select * from observations
