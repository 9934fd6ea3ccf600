-- One row per customer: how much of the profile is filled, by the seed completeness_weights, and what is missing.
{{ config(materialized='by_customer') }}

with

customers as (
    select customer_id from {{ ref('customer_identity') }}
    where {{ is_due() }}
),

completeness_weights as (
    select * from {{ ref('completeness_weights') }}
),

customer_attributes as (
    select * from {{ ref('customer_attributes') }}
    where {{ is_due() }}
),

asked as (
    select
        customers.customer_id,
        completeness_weights.attribute,
        completeness_weights.weight,
        customer_attributes.value is not null as is_filled
    from customers
    cross join completeness_weights
    left join customer_attributes
        on
            customers.customer_id = customer_attributes.customer_id
            and completeness_weights.attribute = customer_attributes.attribute
),

weighed as (
    select
        customer_id,
        sum(case when is_filled then weight else 0 end) as filled,
        sum(weight) as whole,
        {{ dbt.listagg(
            "case when not is_filled then attribute end", "', '", 'order by weight desc, attribute'
        ) }} as missing_attributes
    from asked
    group by customer_id
),

customer_completeness as (
    select
        customer_id,
        cast(cast(filled as decimal(18, 4)) / whole as decimal(5, 4)) as profile_completeness,
        missing_attributes
    from weighed
)

select * from customer_completeness
