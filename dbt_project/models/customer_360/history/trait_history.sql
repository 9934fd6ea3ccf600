-- One row per customer, trait and time in which it had one value.
with

snapshots as (

    select * from {{ ref('customer_snapshots') }}
    where valid_to > valid_from or valid_to is null

),

trait_history as (
    {{ trait_spans('snapshots', ['customer_id']) }}
)

select * from trait_history
