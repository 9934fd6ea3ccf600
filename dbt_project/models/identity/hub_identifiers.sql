-- One row per identifier that behaves like a place or a desk and not like a person: it was seen with more different
-- identifiers of one type, or with more first names, than a person has.
with

neighbours as (

    select * from {{ ref('identifier_neighbours') }}

),

crowded as (

    select * from {{ ref('crowded_identifiers') }}

),

placed as (

    select
        crowded.*,
        neighbours.first_seen_at,
        row_number() over (
            partition by
                crowded.identifier_id, crowded.neighbour_type, crowded.counted_type, crowded.max_values,
                crowded.window_days
            order by neighbours.first_seen_at nulls first, neighbours.neighbour_id
        ) as place
    from crowded
    inner join neighbours
        on crowded.identifier_id = neighbours.identifier_id and crowded.neighbour_type = neighbours.neighbour_type

),

too_many as (

    select distinct
        identifier_id,
        identifier_type,
        neighbour_type,
        neighbours,
        max_values,
        window_words
    from ({{ values_too_many('placed', ['identifier_id', 'neighbour_type', 'counted_type']) }}) as placed_too_many

),

ranked as (

    select
        too_many.*,
        row_number() over (
            partition by too_many.identifier_id
            order by too_many.neighbours desc, too_many.neighbour_type asc, too_many.max_values asc
        ) as place
    from too_many

),

hubs as (

    select
        identifier_id,
        'seen with ' || neighbours || ' different values of ' || neighbour_type || '; with one person''s '
        || identifier_type || ' at most ' || max_values || ' are expected' || window_words as evidence
    from ranked
    where place = 1

)

select * from hubs
