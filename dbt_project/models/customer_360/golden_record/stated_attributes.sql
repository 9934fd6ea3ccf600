-- One row per record, attribute and value that it states before as_of, unless nobody would believe it.
{{ config(materialized='view') }}

with

feed as (
    {{ union_attributes() }}
),

trimmed as (
    select
        record_id,
        attribute,
        trim(value) as value,
        source,
        coalesce(occurred_at, loaded_at) as observed_at
    from feed
),

-- the first of January 1900 is what forms write when nobody answers
stated_attributes as (
    select
        record_id,
        attribute,
        value,
        source,
        observed_at
    from trimmed
    where
        value <> ''
        and observed_at < {{ as_of() }}
        and (attribute <> 'birth_date' or (value > '1900-01-01' and value < '{{ var("as_of")[:10] }}'))
)

select * from stated_attributes
