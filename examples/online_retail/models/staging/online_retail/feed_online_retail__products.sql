-- There is no product table: the name that most lines give a product is its name.
with

lines as (

    select * from {{ ref('stg_online_retail__lines') }}

),

names as (

    select
        source,
        product_id,
        product_name,
        row_number() over (
            partition by product_id
            order by count(*) desc, product_name asc nulls last
        ) as place
    from lines
    where product_name is not null
    group by source, product_id, product_name

),

products as (

    select
        source,
        product_id,
        product_name,
        cast(null as varchar) as category,
        cast(null as varchar) as brand,
        cast(null as decimal(18, 4)) as price,
        cast(null as decimal(18, 4)) as cost
    from names
    where place = 1

)

select * from products
