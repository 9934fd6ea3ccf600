-- One row per record and identifier that was seen by as_of, with the identifier's key and strength.
with

observations as (

    select * from {{ ref('identifier_observations') }}

),

types as (

    select * from {{ ref('identifier_types') }}

),

keyed as (

    select
        observations.record_id,
        observations.source,
        {{ identifier_key('observations.identifier_type', 'observations.identifier_value') }} as identifier_id,
        observations.identifier_type,
        observations.identifier_value,
        types.strength,
        types.tier,
        observations.occurred_at
    from observations
    inner join types on observations.identifier_type = types.identifier_type
    where observations.occurred_at is null or observations.occurred_at < {{ as_of() }}

)

select * from keyed
