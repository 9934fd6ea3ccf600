-- One row per experiment and customer in it. Who was put into both arms, because two who were tossed for turned out to
-- be one, is contaminated: analysed apart, and never sent a promotion.
with

memberships as (

    select * from {{ ref('experiment_memberships') }}

),

arms as (

    select
        experiment_id,
        customer_id,
        case when min(arm) = max(arm) then min(arm) else 'contaminated' end as arm,
        min(assigned_at) as assigned_at,
        max(conversion_days) as conversion_days,
        min(ends_at) as ends_at,
        count(*) as assignments
    from memberships
    where customer_id is not null
    group by experiment_id, customer_id

)

select * from arms
