-- One row per experiment: how many are analysed in each arm, how many wait, were merged across arms, or were reached.
with

members as (

    select * from {{ ref('experiment_members') }}

),

outcomes as (

    select * from {{ ref('experiment_outcomes') }}

),

sizes as (

    select
        members.experiment_id,
        min(members.assigned_at) as first_assigned_at,
        max(members.conversion_days) as conversion_days,
        count(case when members.arm = 'treatment' and members.is_closed then 1 end) as treated,
        count(case when members.arm = 'control' and members.is_closed then 1 end) as held_out,
        count(case when not members.is_closed then 1 end) as waiting,
        count(case when members.arm = 'treatment' and members.is_reached then 1 end) as treated_reached,
        count(case when members.arm = 'control' and members.is_reached then 1 end) as held_out_reached,
        count(case when members.arm = 'contaminated' then 1 end) as contaminated,
        count(case when members.arm = 'contaminated' and outcomes.orders > 0 then 1 end) as contaminated_conversions
    from members
    left join outcomes
        on members.experiment_id = outcomes.experiment_id and members.customer_id = outcomes.customer_id
    group by members.experiment_id

)

select * from sizes
