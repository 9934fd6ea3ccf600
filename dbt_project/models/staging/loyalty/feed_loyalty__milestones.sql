-- One row per card that was handed out, and one per change of its tier between two versions that were loaded.
with

members as (

    select * from {{ ref('base_loyalty__members') }}

),

versions as (

    select
        'loyalty_members:' || card_number as record_id,
        card_number,
        tier,
        joined_at,
        coalesce(updated_at, joined_at) as updated_at,
        copy,
        lag(tier) over (
            partition by card_number
            order by coalesce(updated_at, joined_at), copy desc
        ) as previous_tier
    from members
    where problem is null

),

milestones as (

    select
        record_id,
        'loyalty' as source,
        'loyalty:' || card_number as milestone_id,
        'loyalty_joined' as milestone_type,
        joined_at as occurred_at,
        cast(null as varchar) as detail
    from versions
    where copy = 1
    union all
    select
        record_id,
        'loyalty' as source,
        'loyalty:' || card_number || ':' || cast(copy as varchar) as milestone_id,
        'loyalty_tier_changed' as milestone_type,
        updated_at as occurred_at,
        previous_tier || ' to ' || tier as detail
    from versions
    where tier <> previous_tier

)

select * from milestones
