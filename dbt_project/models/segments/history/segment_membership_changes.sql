-- One row per segment, customer and moment at which they entered or left, with why.
{{ config(materialized='view') }}

with

moments as (
    select * from {{ ref('membership_moments') }}
),

clauses as (
    select * from {{ ref('membership_clauses') }}
),

heirs as (
    select * from {{ ref('customer_heirs') }}
),

customer_clauses as (
    select * from {{ ref('customer_clauses') }}
),

recording as (
    select min(valid_from) as began_at from customer_clauses
),

-- Of who entered the clauses that did not hold before, of who left those that hold no more.
flips as (
    select
        segment,
        customer_id,
        movement,
        changed_at,
        max(case when is_redefined then 1 else 0 end) = 1 as is_redefined,
        {{ dbt.listagg('case when held <> holds then clause end', "' and '", 'order by clause_number') }} as clauses
    from clauses
    group by segment, customer_id, movement, changed_at
),

explained as (
    select
        moments.segment,
        moments.customer_id,
        moments.movement,
        moments.changed_at,
        case
            when moments.changed_at < recording.began_at or recording.began_at is null then 'before the record'
            when moments.movement = 'entered' and moments.changed_at = recording.began_at then 'first build'
            when moments.movement = 'entered' and moments.earlier_value is null then 'new customer'
            when moments.later_value is null and heirs.current_customer_id <> moments.customer_id then 'merged'
            when moments.later_value is null then 'no customer any more'
            when flips.is_redefined then 'redefined'
            when flips.clauses is not null then 'clauses'
            else 'not known'
        end as reason,
        flips.clauses,
        case
            when moments.later_value is null then nullif(heirs.current_customer_id, moments.customer_id)
        end as merged_into
    from moments
    cross join recording
    left join flips
        on
            moments.segment = flips.segment
            and moments.customer_id = flips.customer_id
            and moments.movement = flips.movement
            and moments.changed_at = flips.changed_at
    left join heirs on moments.customer_id = heirs.customer_id
)

select * from explained
