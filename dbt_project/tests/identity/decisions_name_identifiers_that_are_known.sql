-- A decision about an identifier that was never seen, or that links nobody anyhow, has no effect: most likely a value
-- is not written as the model identifiers holds it.
{{ config(severity='warn') }}

with

decisions as (

    select * from {{ ref('identity_decisions') }}

),

clusters as (

    select * from {{ ref('single_clusters') }}

),

named as (

    select
        kind,
        identifier_id,
        reason
    from decisions
    where kind <> 'links_nobody'
    union all
    select
        kind,
        other_identifier_id as identifier_id,
        reason
    from decisions
    where kind <> 'links_nobody'

),

unknown as (

    select named.*
    from named
    left join clusters on named.identifier_id = clusters.identifier_id
    where clusters.identifier_id is null

)

select * from unknown
