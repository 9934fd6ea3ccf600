-- One row per customer: everything known about them as of as_of.
-- noqa: disable=ST07,RF02
-- Each trait model has one row per customer at most, so a new trait is a column there and its description in the YAML:
-- the enforced contract refuses a column that is not described.
with

identity as (
    select * from {{ ref('customer_identity') }}
),

profiles as (
    select * from {{ ref('customer_profiles') }}
),

birthdays as (
    select * from {{ ref('customer_birthdays') }}
),

order_traits as (
    select * from {{ ref('customer_order_traits') }}
),

customer_value as (
    select * from {{ ref('customer_value') }}
),

rfm as (
    select * from {{ ref('customer_rfm') }}
),

dormancy as (
    select * from {{ ref('customer_dormancy') }}
),

behaviour as (
    select * from {{ ref('customer_behaviour') }}
),

carts as (
    select * from {{ ref('customer_carts') }}
),

payments as (
    select * from {{ ref('customer_payments') }}
),

email_traits as (
    select * from {{ ref('customer_email_traits') }}
),

feedback as (
    select * from {{ ref('customer_feedback') }}
),

joined as (
    select *
    from identity
    left join profiles using (customer_id)
    left join birthdays using (customer_id)
    left join order_traits using (customer_id)
    left join customer_value using (customer_id)
    left join rfm using (customer_id)
    left join dormancy using (customer_id)
    left join behaviour using (customer_id)
    left join carts using (customer_id)
    left join payments using (customer_id)
    left join email_traits using (customer_id)
    left join feedback using (customer_id)
),

customers as (
    select
        *,
        {{ as_of() }} as as_of
    from joined
)

select * from customers
