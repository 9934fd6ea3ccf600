-- One row per identifier that links nobody, with the reason.
with

identifiers as (

    select * from {{ ref('identifiers') }}

),

placeholders as (

    select * from {{ ref('placeholder_identifiers') }}

),

hubs as (

    select * from {{ ref('hub_identifiers') }}

),

reasons as (

    select
        identifier_id,
        reason,
        evidence
    from placeholders
    union all
    select
        identifier_id,
        'hub' as reason,
        evidence
    from hubs

),

blocked as (

    select
        identifiers.identifier_id,
        identifiers.identifier_type,
        identifiers.identifier_value,
        reasons.reason,
        reasons.evidence
    from reasons
    inner join identifiers on reasons.identifier_id = identifiers.identifier_id

)

select * from blocked
