-- One row per experiment of our own and customer to whom a destination confirmed what it withholds from some.
with

receipts as (

    select * from {{ ref('receipts') }}

),

syncs as (

    select * from {{ ref('syncs') }}

),

units as (

    select * from {{ ref('experiment_units') }}

),

reached as (

    select distinct
        receipts.sync,
        coalesce(units.current_customer_id, receipts.customer_id) as customer_id
    from receipts
    left join units on receipts.customer_id = units.customer_id
    where receipts.outcome = 'accepted' and receipts.operation in ('add', 'update')

),

exposures as (

    select
        {{ audience_experiment('sync') }} as experiment_id,
        customer_id
    from reached
    union
    select
        'universal' as experiment_id,
        reached.customer_id
    from reached
    inner join syncs on reached.sync = syncs.sync
    where syncs.is_promotional

)

select * from exposures
