-- One row per identifier that behaves like a place or a desk and not like a person: it was seen with more different
-- identifiers of one type than a person has. Cookies come and go, so that of the weaker ones only the known count.
with

neighbours as (

    select * from {{ ref('identifier_neighbours') }}

),

types as (

    select * from {{ ref('identifier_types') }}

),

too_many as (

    select
        neighbours.*,
        case when neighbours.is_stronger then types.max_stronger else types.max_weaker end as allowed
    from neighbours
    inner join types on neighbours.identifier_type = types.identifier_type
    inner join types as neighbour_types on neighbours.neighbour_type = neighbour_types.identifier_type
    where
        neighbours.neighbours > case when neighbours.is_stronger then types.max_stronger else types.max_weaker end
        and (neighbours.is_stronger or neighbour_types.is_known)

),

ranked as (

    select
        too_many.*,
        row_number() over (
            partition by too_many.identifier_id
            order by too_many.neighbours desc, too_many.neighbour_type asc
        ) as place
    from too_many

),

hubs as (

    select
        identifier_id,
        'seen with ' || neighbours || ' different values of ' || neighbour_type || '; with one person''s '
        || identifier_type || ' at most ' || allowed || ' are expected' as evidence
    from ranked
    where place = 1

)

select * from hubs
