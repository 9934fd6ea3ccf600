-- An email or a phone belongs to one customer; two who carry it would be sent twice, or one the other's mail.
select
    attribute,
    value
from {{ ref('customer_attributes') }}
where attribute in ('email', 'phone')
group by attribute, value
having count(*) > 1
