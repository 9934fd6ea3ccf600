-- Keys that many people share, or that name nobody.
with

customer_keys as (

    select * from {{ ref('customer_keys') }}

),

blocked_identifiers as (

    select * from {{ ref('blocked_identifiers') }}

),

blocked as (

    select
        customer_keys.customer_id,
        customer_keys.key_type,
        blocked_identifiers.reason
    from customer_keys
    inner join blocked_identifiers
        on
            customer_keys.key_type = blocked_identifiers.identifier_type
            and customer_keys.key_value = blocked_identifiers.identifier_value

)

select * from blocked
