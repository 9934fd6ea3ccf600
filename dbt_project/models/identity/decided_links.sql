-- One row per two identifiers that people decided to be the same, as a link.
with

decisions as (

    select * from {{ ref('identity_decisions') }}

),

links as (

    select
        {{ link_key('identifier_id', 'other_identifier_id', 'override') }} as link_id,
        identifier_id,
        other_identifier_id as anchor_identifier_id,
        'override' as rule,
        0 as tier,
        'override' as source,
        cast(null as {{ dbt.type_string() }}) as record_id,
        min(cast(decided_on as timestamp)) as first_seen_at,
        max(cast(decided_on as timestamp)) as last_seen_at,
        cast(0 as {{ dbt.type_bigint() }}) as records
    from decisions
    where kind = 'same' and identifier_id <> other_identifier_id
    group by identifier_id, other_identifier_id

)

select * from links
