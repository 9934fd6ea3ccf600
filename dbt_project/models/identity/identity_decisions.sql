-- One row per line of the seed identity_overrides, with the keys of its identifiers.
with

overrides as (

    select * from {{ ref('identity_overrides') }}

),

keyed as (

    select
        kind,
        {{ identifier_key('identifier_type', 'identifier_value') }} as identifier_id,
        {{ identifier_key('other_type', 'other_value') }} as other_identifier_id,
        reason,
        decided_by,
        decided_on
    from overrides

)

select * from keyed
