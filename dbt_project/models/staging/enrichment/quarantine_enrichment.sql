-- One row per raw row of the enrichment source that could not be read.
with

unreadable as (

    {{ unreadable_rows(ref('base_enrichment__tags'), 'enrichment', 'enrichment_tags', 'tag_id') }}

)

select * from unreadable
