-- One row per raw row of the stores' tills that could not be read.
with

unreadable as (

    {{ unreadable_rows(ref('base_pos__receipts'), 'pos', 'pos_receipts', 'receipt_id') }}
    union all
    {{ unreadable_rows(ref('base_pos__receipt_items'), 'pos', 'pos_receipt_items', 'receipt_item_id') }}

)

select * from unreadable
