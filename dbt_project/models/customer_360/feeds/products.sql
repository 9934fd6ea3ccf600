-- One row per product.
with

products as (
    {{ union_feed('products') }}
)

select * from products
