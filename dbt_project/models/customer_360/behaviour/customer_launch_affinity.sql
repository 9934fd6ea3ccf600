-- One row per customer who ever showed interest in the category or brand that is launched (the var `launch`).
with

customer_affinities as (
    select * from {{ ref('customer_affinities') }}
    where kind = '{{ var("launch").kind }}' and value = '{{ var("launch").value }}'
),

customer_launch_affinity as (
    select
        customer_id,
        affinity_percentile as launch_affinity_percentile
    from customer_affinities
)

select * from customer_launch_affinity
