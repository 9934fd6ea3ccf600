{{ config(severity='warn') }}

-- Orders and refunds in a currency without a rate: they stay in the tables, but no sum can hold them.
select
    order_id as record,
    currency
from {{ ref('orders') }}
where total_amount is null
union all
select
    refund_id as record,
    currency
from {{ ref('refunds') }}
where amount is null
