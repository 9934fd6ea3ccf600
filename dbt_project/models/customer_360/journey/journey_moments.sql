-- One row per customer and moment before as_of at which a condition began or ceased to hold: the highest stage since.
-- Everybody's rhythm bears on the candidates for loyalty, so they are due in every run.
-- depends_on: {{ ref('loyalty_candidates') }}
{{ config(materialized='by_customer', also_due='loyalty_candidates') }}

with

journey_steps as (
    select * from {{ ref('journey_steps') }}
    where {{ is_due() }}
),

changes as (
    select
        customer_id,
        happens_at,
        sum(case when condition = 'bought_often' then step else 0 end) as bought_often,
        sum(case when condition = 'in_rhythm' then step else 0 end) as in_rhythm,
        sum(case when condition in ('high_tier', 'promoter', 'referred') then step else 0 end) as attached,
        sum(case when condition = 'used' then step else 0 end) as used,
        sum(case when condition = 'bought' then step else 0 end) as bought,
        sum(case when condition in ('viewed', 'wanted') then step else 0 end) as considering,
        sum(case when condition = 'touched' then step else 0 end) as touched
    from journey_steps
    group by customer_id, happens_at
),

holding as (
    select
        customer_id,
        happens_at,
        sum(bought_often) over up_to_here as bought_often,
        sum(in_rhythm) over up_to_here as in_rhythm,
        sum(attached) over up_to_here as attached,
        sum(used) over up_to_here as used,
        sum(bought) over up_to_here as bought,
        sum(considering) over up_to_here as considering,
        sum(touched) over up_to_here as touched
    from changes
    window up_to_here as (
        partition by customer_id
        order by happens_at
        rows unbounded preceding
    )
),

-- consideration need not look for an order since: it would be as recent, and a purchase is the higher stage
journey_moments as (
    select
        customer_id,
        happens_at,
        case
            when bought_often > 0 and in_rhythm > 0 and attached > 0 then 'loyalty'
            when used > 0 then 'usage'
            when bought > 0 then 'purchase'
            when considering > 0 then 'consideration'
            when touched > 0 then 'awareness'
            else 'dormant'
        end as journey_stage
    from holding
)

select * from journey_moments
