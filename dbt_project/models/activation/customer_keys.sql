-- One row per customer and type of key that a sync uses: the one value under which a destination may know the customer.
-- Trusted identifiers only: an address that many people share names nobody.
with

syncs as (

    select * from {{ ref('syncs') }}

),

customers as (

    select * from {{ ref('customers') }}

),

customer_identifiers as (

    select * from {{ ref('customer_identifiers') }}

),

wanted as (

    select distinct key_type from syncs

),

-- Any type of identifier can be a key: some destinations know people by a card or an account. The golden record's value
-- comes first; else the one seen last.
ranked as (

    select
        customer_identifiers.customer_id,
        customer_identifiers.identifier_type,
        customer_identifiers.identifier_value,
        row_number() over (
            partition by customer_identifiers.customer_id, customer_identifiers.identifier_type
            order by
                case
                    when customer_identifiers.identifier_value in (customers.email, customers.phone) then 0
                    else 1
                end asc,
                customer_identifiers.last_seen_at desc,
                customer_identifiers.records desc,
                customer_identifiers.identifier_value asc
        ) as choice
    from customer_identifiers
    inner join wanted
        on customer_identifiers.identifier_type = wanted.key_type
    inner join customers
        on customer_identifiers.customer_id = customers.customer_id

),

keys as (

    select
        customer_id,
        identifier_type as key_type,
        identifier_value as key_value
    from ranked
    where choice = 1
    union all
    select
        customers.customer_id,
        wanted.key_type,
        customers.customer_id as key_value
    from customers
    inner join wanted
        on wanted.key_type = 'customer_id'

)

select * from keys
