-- One row per tag that a provider gave an address or a number. The key is hashed here: it is only ever compared.
with

tags as (

    select * from {{ ref('base_enrichment__tags') }}

),

renamed as (

    select
        'enrichment_tags:' || tag_id as record_id,
        'enrichment' as source,
        case when coalesce(email, email_sha256) is not null then 'email' else 'phone' end as identifier_type,
        coalesce(
            {{ sha256_of('email') }}, email_sha256, {{ sha256_of('phone') }}, phone_sha256
        ) as identifier_sha256,
        tag,
        tag_value,
        provider_name,
        cast(confidence as decimal(5, 4)) as confidence,
        observed_at,
        coalesce(expires_at, {{ dbt.dateadd('day', var('tag_validity_days'), 'observed_at') }}) as expires_at,
        loaded_at
    from tags
    where problem is null and copy = 1

)

select * from renamed
