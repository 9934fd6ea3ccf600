-- One row per former customer, trait and time in which it had one value, under the customer of now.
with

trait_history as (

    select * from {{ ref('trait_history') }}

),

heirs as (

    select * from {{ ref('customer_heirs') }}

),

merged as (

    select
        heirs.current_customer_id as customer_id,
        trait_history.customer_id as recorded_customer_id,
        trait_history.trait,
        trait_history.value,
        trait_history.valid_from,
        trait_history.valid_to
    from trait_history
    inner join heirs on trait_history.customer_id = heirs.customer_id
    where
        trait_history.trait <> '_all'
        and (trait_history.valid_to > trait_history.valid_from or trait_history.valid_to is null)

)

select * from merged
