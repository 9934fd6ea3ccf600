-- The totals that the data's own description gives: every line read, every penny accounted for, nobody invented.
with

lines as (

    select * from {{ ref('stg_online_retail__lines') }}

),

customers as (

    select * from {{ ref('customers') }}

),

orders as (

    select * from {{ ref('orders') }}

),

refunds as (

    select * from {{ ref('refunds') }}

),

figures as (

    select
        (select count(*) from lines) as lines,
        (select count(*) from customers) as customers,
        (select sum(net_revenue) from customers) as from_customers,
        (select sum(total_amount) from orders) - (select sum(amount) from refunds) as in_all

)

select *
from figures
where
    lines != 525461
    or customers != 4383
    or round(from_customers, 2) != 8348208.57
    or round(in_all, 2) != 9539484.63
