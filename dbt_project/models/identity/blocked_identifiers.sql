-- One row per identifier that links nobody, with the reason.
with

identifiers as (

    select * from {{ ref('identifiers') }}

),

decisions as (

    select * from {{ ref('identity_decisions') }}

),

placeholders as (

    select * from {{ ref('placeholder_identifiers') }}

),

hubs as (

    select * from {{ ref('hub_identifiers') }}

),

decided as (

    select
        identifier_id,
        min(reason || ' (' || decided_by || ')') as evidence
    from decisions
    where kind = 'links_nobody'
    group by identifier_id

),

blocked as (

    select
        identifiers.identifier_id,
        identifiers.identifier_type,
        identifiers.identifier_value,
        case
            when decided.identifier_id is not null then 'override'
            when placeholders.identifier_id is not null then placeholders.reason
            else 'hub'
        end as reason,
        coalesce(decided.evidence, placeholders.evidence, hubs.evidence) as evidence
    from identifiers
    left join decided on identifiers.identifier_id = decided.identifier_id
    left join placeholders on identifiers.identifier_id = placeholders.identifier_id
    left join hubs on identifiers.identifier_id = hubs.identifier_id
    where
        decided.identifier_id is not null
        or placeholders.identifier_id is not null
        or hubs.identifier_id is not null

)

select * from blocked
