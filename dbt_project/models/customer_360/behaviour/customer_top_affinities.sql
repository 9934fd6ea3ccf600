-- One row per customer who shows more interest in something than others do: the three categories and brands of most.
with

smoothed_affinities as (
    select * from {{ ref('smoothed_affinities') }}
    where customer_share >= {{ var('affinity_floor') }} and affinity > 1
),

placed as (
    select
        *,
        row_number() over (
            partition by customer_id, kind
            order by affinity desc, value asc
        ) as place
    from smoothed_affinities
),

customer_top_affinities as (
    select
        customer_id,
        max(value) filter (where kind = 'category' and place = 1) as top_category_1,
        max(value) filter (where kind = 'category' and place = 2) as top_category_2,
        max(value) filter (where kind = 'category' and place = 3) as top_category_3,
        max(affinity) filter (where kind = 'category' and place = 1) as top_category_affinity,
        max(value) filter (where kind = 'brand' and place = 1) as top_brand_1,
        max(value) filter (where kind = 'brand' and place = 2) as top_brand_2,
        max(value) filter (where kind = 'brand' and place = 3) as top_brand_3,
        max(affinity) filter (where kind = 'brand' and place = 1) as top_brand_affinity
    from placed
    where place <= 3
    group by customer_id
)

select * from customer_top_affinities
