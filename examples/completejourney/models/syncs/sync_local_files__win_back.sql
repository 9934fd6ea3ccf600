-- Lapsed customers for the recall letter, under the household's card.
with

decisions as (

    select * from {{ ref('audience_decisions') }}

),

customers as (

    select * from {{ ref('customers') }}

),

payload as (

    select
        decisions.record_key,
        decisions.customer_id,
        decisions.permission_id,
        customers.orders_count,
        customers.last_ordered_at,
        customers.dormancy
    from decisions
    inner join customers
        on decisions.customer_id = customers.customer_id
    where
        decisions.sync = 'sync_local_files__win_back'
        and decisions.decision = 'deliver'

)

select * from payload
