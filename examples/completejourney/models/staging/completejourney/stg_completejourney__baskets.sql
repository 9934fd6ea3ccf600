with

lines as (

    select * from {{ ref('stg_completejourney__lines') }}

),

baskets as (

    select
        record_id,
        source,
        order_id,
        'store' as channel,
        household_id,
        min(occurred_at) as occurred_at,
        min(occurred_at) as loaded_at,
        min(occurred_at) as ordered_at,
        'completed' as status,
        'USD' as currency,
        sum(amount) as total_amount,
        cast(0 as decimal(18, 4)) as tax_amount,
        sum(discount_amount) as discount_amount
    from lines
    group by record_id, source, order_id, household_id

)

select * from baskets
