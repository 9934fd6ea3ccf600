-- One row per segment, customer and moment at which they entered or left, with what they fulfilled before and after.
{{ config(materialized='view') }}

with

stays as (
    select * from {{ ref('segment_membership_history') }}
),

customer_clauses as (
    select * from {{ ref('customer_clauses') }}
),

-- An entry that a later build of the same moment took back was none.
moments as (
    select
        segment,
        customer_id,
        'entered' as movement,
        entered_at as changed_at
    from stays
    where left_at is null or left_at > entered_at
    union all
    select
        segment,
        customer_id,
        'left' as movement,
        left_at as changed_at
    from stays
    where left_at > entered_at
),

spans as (
    select * from customer_clauses
    where valid_to is null or valid_to > valid_from
),

compared as (
    select
        moments.segment,
        moments.customer_id,
        moments.movement,
        moments.changed_at,
        earlier.value as earlier_value,
        later.value as later_value
    from moments
    left join spans as earlier
        on moments.customer_id = earlier.customer_id and moments.changed_at = earlier.valid_to
    left join spans as later
        on moments.customer_id = later.customer_id and moments.changed_at = later.valid_from
)

select * from compared
