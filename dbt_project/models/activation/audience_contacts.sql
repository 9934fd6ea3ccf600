-- One row per sync and contender: whether the limits of its channel let the sync write to the person now.
with

contenders as (
    select * from {{ ref('audience_contenders') }}
),

holdouts as (
    select * from {{ ref('sync_holdouts') }}
),

-- Whom no limit can hold back wins a contest for sure, unless another one of it goes before.
seeded as (
    select
        contenders.*,
        holdouts.customer_id is not null as is_held_out,
        coalesce(
            min(case when not contenders.is_limited then contenders.turn end) over (
                partition by contenders.person_id, contenders.contest
            ) < contenders.turn,
            false
        ) as is_outranked
    from contenders
    left join holdouts
        on contenders.sync = holdouts.sync and contenders.customer_id = holdouts.customer_id
),

flagged as (
    select
        *,
        is_new and not is_outranked and not is_held_out as is_newly_written_to
    from seeded
),

-- A contest writes to a person at most once, so it takes one place among the new contacts by its channel.
placed as (
    select
        *,
        case
            when
                is_newly_written_to
                and row_number() over (
                    partition by person_id, channel, contest, is_newly_written_to
                    order by turn
                ) = 1
                then 1
            else 0
        end as places
    from flagged
),

counted as (
    select
        *,
        cast(sum(places) over (
            partition by person_id, channel
            order by turn
            rows between unbounded preceding and current row
        ) - case when is_newly_written_to then 1 else 0 end as {{ dbt.type_bigint() }}) as places_before
    from placed
),

limited as (
    select
        sync,
        customer_id,
        is_held_out,
        is_outranked,
        places_before,
        is_limited and contacts + places_before >= most_contacts as is_capped,
        is_quiet or (is_limited and quiet_days > 0 and places_before > 0) as is_quiet
    from counted
)

select * from limited
