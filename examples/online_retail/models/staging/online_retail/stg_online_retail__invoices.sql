-- The invoice is the record: it names at most one customer and one country, whatever its lines repeat.
with

lines as (

    select * from {{ ref('stg_online_retail__lines') }}

),

countries as (

    select * from {{ ref('country_names') }}

),

invoices as (

    select
        record_id,
        source,
        order_id,
        invoice_no,
        is_cancellation,
        max(user_id) as user_id,
        max(country) as country_name,
        min(occurred_at) as occurred_at,
        min(occurred_at) as loaded_at,
        sum(amount) as total_amount
    from lines
    group by record_id, source, order_id, invoice_no, is_cancellation

),

named as (

    select
        invoices.*,
        countries.country
    from invoices
    left join countries
        on invoices.country_name = countries.country_name

)

select * from named
