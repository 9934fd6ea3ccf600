-- One row per segment, customer, moment at which they entered or left, and clause of then, with whether it held before.
{{ config(materialized='view') }}

with

moments as (

    select * from {{ ref('membership_moments') }}

),

clauses as (

    select * from {{ ref('segment_clauses') }}

),

-- What held before is read by the clauses of before; where the segment was defined otherwise then, it cannot be said.
compared as (

    select
        moments.segment,
        moments.customer_id,
        moments.movement,
        moments.changed_at,
        clauses.clause_number,
        clauses.clause,
        moments.earlier_value is not null and earlier_clauses.definition is null as is_redefined,
        case
            when earlier_clauses.definition is not null
                then {{ clause_holds('moments.earlier_value', 'earlier_clauses.place', 'clauses.clause_number') }}
        end as held,
        {{ clause_holds('moments.later_value', 'clauses.place', 'clauses.clause_number') }} as holds
    from moments
    inner join clauses
        on
            split_part(moments.later_value, ':', 1) = clauses.layout
            and moments.segment = clauses.segment
    left join clauses as earlier_clauses
        on
            split_part(moments.earlier_value, ':', 1) = earlier_clauses.layout
            and clauses.segment = earlier_clauses.segment
            and clauses.definition = earlier_clauses.definition
            and clauses.clause_number = earlier_clauses.clause_number

)

select * from compared
