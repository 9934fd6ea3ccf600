-- Customers whom two syncs that compete would both hold.
with

desired_records as (

    select * from {{ ref('desired_records') }}

),

syncs as (

    select * from {{ ref('syncs') }}

),

doubled as (

    select
        syncs.competes,
        desired_records.customer_id,
        count(distinct desired_records.sync) as audiences
    from desired_records
    inner join syncs
        on desired_records.sync = syncs.sync
    where syncs.competes is not null
    group by syncs.competes, desired_records.customer_id

)

select * from doubled
where audiences > 1
