-- One row per identifier, limit and type of its neighbours of which it has more than the limit says, whenever it was.
with

neighbours as (

    select * from {{ ref('identifier_neighbours') }}

),

limits as (

    select * from {{ ref('identifier_type_limits') }}
    where direction = 'per_identifier'

),

crowded as (

    select
        neighbours.identifier_id,
        neighbours.neighbour_type,
        limits.identifier_type,
        limits.counted_type,
        limits.max_values,
        limits.window_days,
        limits.window_words,
        count(*) as neighbours
    from neighbours
    inner join limits
        on
            neighbours.identifier_type = limits.identifier_type
            and limits.counted_type in (neighbours.counted_as, neighbours.neighbour_type)
    group by
        neighbours.identifier_id, neighbours.neighbour_type, limits.identifier_type, limits.counted_type,
        limits.max_values, limits.window_days, limits.window_words
    having count(*) > limits.max_values

)

select * from crowded
