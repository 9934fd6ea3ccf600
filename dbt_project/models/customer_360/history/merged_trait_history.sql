-- One row per former customer, trait and time in which it had one value, under the customer of now.
with

snapshots as (

    select * from {{ ref('customer_snapshots') }}
    where valid_to > valid_from or valid_to is null

),

heirs as (

    select * from {{ ref('customer_heirs') }}

),

merged as (

    select
        heirs.current_customer_id as customer_id,
        snapshots.customer_id as recorded_customer_id,
        {{ recorded_traits() | map(attribute='name') | join(', ') }},
        snapshots.valid_from,
        snapshots.valid_to
    from snapshots
    inner join heirs on snapshots.customer_id = heirs.customer_id

),

merged_trait_history as (
    {{ trait_spans('merged', ['customer_id', 'recorded_customer_id']) }}
)

select * from merged_trait_history
