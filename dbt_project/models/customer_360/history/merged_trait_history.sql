-- One row per former customer, trait and time in which it had one value, under the customer of now.
with

trait_history as (

    select * from {{ ref('trait_history') }}

),

successors as (

    select * from {{ ref('customer_successors') }}

),

merged as (

    select
        successors.current_customer_id as customer_id,
        trait_history.customer_id as recorded_customer_id,
        trait_history.trait,
        trait_history.value,
        trait_history.valid_from,
        trait_history.valid_to
    from trait_history
    inner join successors on trait_history.customer_id = successors.customer_id
    where
        trait_history.trait <> '_all'
        and successors.current_customer_id is not null
        and (trait_history.valid_to > trait_history.valid_from or trait_history.valid_to is null)

)

select * from merged
