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
        late.identifier_id,
        late.identifier_type,
        late.neighbour_type,
        late.neighbours,
        late.max_values,
        late.window_words
    from placed as early
    inner join placed as late
        on
            early.identifier_id = late.identifier_id
            and early.neighbour_type = late.neighbour_type
            and early.counted_type = late.counted_type
            and early.window_words = late.window_words
            and early.max_values = late.max_values
            and late.place = early.place + late.max_values
    where {{ seen_within('early.first_seen_at', 'late.first_seen_at', 'late.window_days') }}

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
