-- The totals that the data's own description gives: every line read, every cent accounted for, nobody invented.
with

lines as (

    select * from {{ ref('stg_completejourney__lines') }}

),

customers as (

    select * from {{ ref('customers') }}

),

orders as (

    select * from {{ ref('orders') }}

),

figures as (

    select
        (select count(*) from lines) as lines,
        (select count(*) from orders) as baskets,
        (select count(*) from customers where orders_count > 0) as households,
        (select sum(net_revenue) from customers) as sales

)

select *
from figures
where
    lines != 75000
    or baskets != 47243
    or households != 2377
    or round(sales, 2) != 233935.24
