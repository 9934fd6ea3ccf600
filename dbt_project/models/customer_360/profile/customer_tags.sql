-- One row per customer and tag: what a data provider claims of them and what stands at as_of.
-- A tag is given to whom identity has found; its key takes no part in finding them.
with

feed as (
    {{ union_feed('tags') }}
),

customer_identifiers as (
    select
        customer_id,
        identifier_type,
        {{ sha256_of('identifier_value') }} as identifier_sha256
    from {{ ref('customer_identifiers') }}
    where identifier_type in ('email', 'phone')
),

-- what a provider says later takes the place of what it said before, also when the later word has expired
said as (
    select
        customer_identifiers.customer_id,
        feed.*,
        row_number() over (
            partition by customer_identifiers.customer_id, feed.tag, feed.provider_name
            order by feed.observed_at desc, feed.confidence desc, feed.record_id asc
        ) as word
    from feed
    inner join customer_identifiers
        on
            feed.identifier_type = customer_identifiers.identifier_type
            and feed.identifier_sha256 = customer_identifiers.identifier_sha256
    where feed.observed_at < {{ as_of() }}
),

-- of providers who disagree the surer one is believed, then the later one
standing as (
    select
        *,
        min(tag_value) over (partition by customer_id, tag)
        <> max(tag_value) over (partition by customer_id, tag) as is_contested,
        row_number() over (
            partition by customer_id, tag
            order by confidence desc, observed_at desc, provider_name asc
        ) as place
    from said
    where
        word = 1
        and expires_at > {{ as_of() }}
),

customer_tags as (
    select
        customer_id,
        tag,
        tag_value,
        provider_name,
        confidence,
        is_contested,
        source,
        record_id,
        identifier_type as matched_by,
        observed_at,
        expires_at
    from standing
    where place = 1
)

select * from customer_tags
