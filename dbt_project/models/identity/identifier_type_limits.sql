-- One row per identifier type that was seen and limit that holds for it: its own, or those of `default` if it has
-- neither rules nor limits of its own.
with

types as (

    select * from {{ ref('identifier_types') }}

),

limits as (

    select * from {{ ref('identifier_limits') }}

),

limited as (

    select distinct identifier_type from limits

),

holding as (

    select
        types.identifier_type,
        limits.direction,
        limits.counted_type,
        limits.max_values,
        limits.window_days,
        coalesce(' within ' || limits.window_days || ' days', '') as window_words
    from types
    left join limited on types.identifier_type = limited.identifier_type
    inner join limits on coalesce(limited.identifier_type, types.rule) = limits.identifier_type

)

select * from holding
