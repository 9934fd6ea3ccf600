-- One row per customer id that was ever given and is carried on today, with the unit that experiments toss for.
-- The unit is the oldest id of those that became one customer, so that a merge moves nobody to another arm.
with

heirs as (

    select * from {{ ref('customer_heirs') }}

),

units as (

    select
        customer_id,
        current_customer_id,
        first_value(customer_id) over (
            partition by current_customer_id
            order by minted_in_run asc, founded_at asc nulls last, customer_id asc
        ) as unit_id
    from heirs

)

select * from units
