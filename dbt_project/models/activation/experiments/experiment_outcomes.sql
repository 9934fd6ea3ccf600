-- One row per experiment and customer whose time to convert is over: what they bought in it, whether written to or not.
with

members as (

    select * from {{ ref('experiment_members') }}

),

orders as (

    select * from {{ ref('orders') }}

),

outcomes as (

    select
        members.experiment_id,
        members.customer_id,
        members.arm,
        count(orders.order_id) as orders,
        {{ money('coalesce(sum(orders.net_amount), 0)') }} as revenue
    from members
    left join orders
        on
            members.customer_id = orders.customer_id
            and members.assigned_at <= orders.ordered_at
            and members.closes_at > orders.ordered_at
            and orders.is_counted
    where members.is_closed
    group by members.experiment_id, members.customer_id, members.arm

)

select * from outcomes
