-- The data hold no consent. As an example we take the British soft opt-in: who bought from the shop may be written to
-- about similar goods. It is an assumption of this example, it covers British customers only, and all others are
-- withheld for want of consent.
with

invoices as (

    select * from {{ ref('stg_online_retail__invoices') }}

),

soft_opt_ins as (

    select
        record_id,
        source,
        'marketing' as purpose,
        'email' as channel,
        'any' as recipient,
        'GB' as jurisdiction,
        'granted' as decision,
        'assumed soft opt-in' as policy_version,
        'invoice ' || invoice_no as proof,
        occurred_at
    from invoices
    where
        country = 'GB'
        and user_id is not null
        and not is_cancellation

)

select * from soft_opt_ins
