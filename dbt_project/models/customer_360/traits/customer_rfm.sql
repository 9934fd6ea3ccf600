-- One row per customer who ever ordered: recency, frequency and monetary scores and the segment that they name.
with

buyers as (
    select * from {{ ref('customer_order_traits') }}
    where orders_count > 0
),

rfm_cells as (
    select * from {{ ref('rfm_cells') }}
),

-- percent_rank keeps equal values in one score; ntile would tear them apart
scored as (
    select
        customer_id,
        {{ quintile('days_since_last_order desc') }} as rfm_recency,
        {{ quintile('orders_365d') }} as rfm_frequency,
        {{ quintile('net_revenue_365d') }} as rfm_monetary
    from buyers
),

customer_rfm as (
    select
        scored.customer_id,
        scored.rfm_recency,
        scored.rfm_frequency,
        scored.rfm_monetary,
        rfm_cells.rfm_segment
    from scored
    left join rfm_cells
        on
            scored.rfm_recency = rfm_cells.rfm_recency
            and scored.rfm_frequency = rfm_cells.rfm_frequency
            and scored.rfm_monetary = rfm_cells.rfm_monetary
)

select * from customer_rfm
