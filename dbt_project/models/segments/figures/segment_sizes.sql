-- One row per segment and moment at which a build found a membership changed: how many were in it, came and went.
with

stays as (
    select * from {{ ref('segment_membership_history') }}
),

-- An entry that a later build of the same moment took back was none.
steps as (
    select
        segment,
        entered_at as as_of,
        1 as entered,
        0 as departed
    from stays
    where left_at is null or left_at > entered_at
    union all
    select
        segment,
        left_at as as_of,
        0 as entered,
        1 as departed
    from stays
    where left_at > entered_at
),

moments as (
    select distinct as_of from steps
),

beginnings as (
    select
        segment,
        min(as_of) as began_at
    from steps
    group by segment
),

counted as (
    select
        segment,
        as_of,
        sum(entered) as entered,
        sum(departed) as departed
    from steps
    group by segment, as_of
),

-- A segment in which nobody moved has its point too, so that all lines have the same days.
summed as (
    select
        beginnings.segment,
        moments.as_of,
        coalesce(counted.entered, 0) as entered,
        coalesce(counted.departed, 0) as departed,
        sum(coalesce(counted.entered, 0) - coalesce(counted.departed, 0)) over (
            partition by beginnings.segment
            order by moments.as_of asc
            rows between unbounded preceding and current row
        ) as members
    from beginnings
    inner join moments on beginnings.began_at <= moments.as_of
    left join counted on beginnings.segment = counted.segment and moments.as_of = counted.as_of
),

sizes as (
    select
        segment,
        as_of,
        cast(members as {{ dbt.type_bigint() }}) as members,
        cast(entered as {{ dbt.type_bigint() }}) as entered,
        cast(departed as {{ dbt.type_bigint() }}) as departed
    from summed
)

select * from sizes
