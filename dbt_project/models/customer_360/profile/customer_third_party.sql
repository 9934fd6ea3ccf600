-- One row per customer of whom a data provider claims something that stands at as_of.
with

customer_tags as (
    select * from {{ ref('customer_tags') }}
),

customer_third_party as (
    select
        customer_id,
        count(*) as third_party_tags_count,
        {{ dbt.listagg("tag || '=' || tag_value", "' | '", 'order by tag') }} as third_party_tags,
        min(expires_at) as third_party_tags_expire_at
    from customer_tags
    group by customer_id
)

select * from customer_third_party
