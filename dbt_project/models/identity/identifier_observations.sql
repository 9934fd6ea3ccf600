-- One row per record, identifier type and identifier value.
-- Read anew in each build, as staging is: what was loaded late, corrected or taken away at the source is then right by
-- itself. A watermark would be faster and would silently lose a withdrawal that was stamped before it.
with

staged as (

    {{ union_identifier_observations() | trim }}

),

observations as (

    select
        record_id,
        min(source) as source,
        identifier_type,
        identifier_value,
        min(occurred_at) as occurred_at,
        max(loaded_at) as loaded_at
    from staged
    group by record_id, identifier_type, identifier_value

)

select * from observations
