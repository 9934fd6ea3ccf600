-- One row per identifier whose value names nobody, by the blocklist or by its shape.
with

identifiers as (

    select * from {{ ref('identifiers') }}

),

patterns as (

    select * from {{ ref('blocked_values') }}

),

listed as (

    select
        identifiers.identifier_id,
        min(patterns.reason || ' (' || patterns.pattern || ')') as evidence
    from identifiers
    inner join patterns
        on
            lower(identifiers.identifier_value) like patterns.pattern
            and patterns.identifier_type in ('any', identifiers.identifier_type)
    group by identifiers.identifier_id

),

misshapen as (

    select
        identifier_id,
        {{ shape_problem('identifier_type', 'identifier_value') }} as evidence
    from identifiers

),

placeholders as (

    select
        identifiers.identifier_id,
        case when listed.evidence is null then 'shape' else 'blocklist' end as reason,
        coalesce(listed.evidence, misshapen.evidence) as evidence
    from identifiers
    inner join misshapen on identifiers.identifier_id = misshapen.identifier_id
    left join listed on identifiers.identifier_id = listed.identifier_id
    where listed.evidence is not null or misshapen.evidence is not null

)

select * from placeholders
