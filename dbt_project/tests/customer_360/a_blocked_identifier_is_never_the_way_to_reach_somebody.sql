-- A blocked email or phone identifies nobody, so no customer may carry it.
select
    customer_attributes.customer_id,
    customer_attributes.attribute
from {{ ref('customer_attributes') }} as customer_attributes
inner join {{ ref('blocked_identifiers') }} as blocked_identifiers
    on
        customer_attributes.attribute = blocked_identifiers.identifier_type
        and customer_attributes.value = blocked_identifiers.identifier_value
