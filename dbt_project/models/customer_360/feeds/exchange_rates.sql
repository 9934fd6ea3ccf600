-- One row per currency: what one unit of it is worth in base currency.
with

currency_rates as (
    select * from {{ ref('currency_rates') }}
),

base as (
    select rate_to_base from currency_rates
    where currency = '{{ var("base_currency") }}'
),

exchange_rates as (
    select
        currency_rates.currency,
        cast(currency_rates.rate_to_base / base.rate_to_base as decimal(18, 6)) as rate
    from currency_rates
    cross join base
)

select * from exchange_rates
