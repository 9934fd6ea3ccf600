-- One row per customer: how soon a support desk should turn to them, by the first rule of the seed that fits.
{{ config(materialized='by_customer') }}

with

customers as (
    select * from {{ ref('customer_service') }}
    where {{ is_due() }}
),

profiles as (
    select * from {{ ref('customer_profiles') }}
    where {{ is_due() }}
),

spend_classes as (
    select * from {{ ref('customer_spend_classes') }}
    where {{ is_due() }}
),

rules as (
    select * from {{ ref('service_priorities') }}
),

described as (
    select
        customers.customer_id,
        customers.is_service_impaired_30d,
        coalesce(profiles.loyalty_tier, 'none') as loyalty_tier,
        coalesce(spend_classes.lifetime_spend_class, 'none') as lifetime_spend_class
    from customers
    left join profiles on customers.customer_id = profiles.customer_id
    left join spend_classes on customers.customer_id = spend_classes.customer_id
),

kinds as (
    select distinct
        loyalty_tier,
        lifetime_spend_class,
        is_service_impaired_30d
    from described
),

-- a rule that leaves a column blank holds for all its values
fitting as (
    select
        kinds.*,
        rules.service_priority,
        row_number() over (
            partition by kinds.loyalty_tier, kinds.lifetime_spend_class, kinds.is_service_impaired_30d
            order by rules.rule_number
        ) as place
    from kinds
    inner join rules
        on
            coalesce(rules.loyalty_tier, kinds.loyalty_tier) = kinds.loyalty_tier
            and coalesce(rules.lifetime_spend_class, kinds.lifetime_spend_class) = kinds.lifetime_spend_class
            and coalesce(rules.is_service_impaired, kinds.is_service_impaired_30d) = kinds.is_service_impaired_30d
),

customer_service_priorities as (
    select
        described.customer_id,
        described.lifetime_spend_class,
        fitting.service_priority
    from described
    inner join fitting
        on
            described.loyalty_tier = fitting.loyalty_tier
            and described.lifetime_spend_class = fitting.lifetime_spend_class
            and described.is_service_impaired_30d = fitting.is_service_impaired_30d
    where fitting.place = 1
)

select * from customer_service_priorities
