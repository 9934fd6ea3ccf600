-- One row per record that has nothing but a device of several customers, and was made shortly before or after one of
-- them used it: it is held to be that customer's. Of two as near the one before counts.
with

claims as (

    select * from {{ ref('record_claims') }}

),

record_identifiers as (

    select * from {{ ref('trusted_record_identifiers') }}

),

unclear as (

    select * from claims
    where is_shared_device and occurred_at is not null

),

uses as (

    select
        record_identifiers.identifier_id,
        record_identifiers.occurred_at,
        min(claims.customer_id) as customer_id
    from record_identifiers
    inner join claims on record_identifiers.record_id = claims.record_id
    where not claims.is_shared_device and record_identifiers.occurred_at is not null
    group by record_identifiers.identifier_id, record_identifiers.occurred_at
    having count(distinct claims.customer_id) = 1

),

moments as (

    select
        identifier_id,
        occurred_at,
        record_id,
        cast(null as timestamp) as used_at
    from unclear
    union all
    select
        identifier_id,
        occurred_at,
        null as record_id,
        occurred_at as used_at
    from uses

),

between_uses as (

    select
        record_id,
        identifier_id,
        occurred_at,
        max(used_at) over (
            partition by identifier_id
            order by occurred_at
            range between unbounded preceding and current row
        ) as used_before,
        min(used_at) over (
            partition by identifier_id
            order by occurred_at
            range between current row and unbounded following
        ) as used_after
    from moments

),

distances as (

    select
        between_uses.*,
        {{ seconds_between('between_uses.used_before', 'between_uses.occurred_at') }} as seconds_since,
        {{ seconds_between('between_uses.occurred_at', 'between_uses.used_after') }} as seconds_until
    from between_uses
    where between_uses.record_id is not null

),

nearest as (

    select
        record_id,
        identifier_id,
        occurred_at,
        case
            when seconds_until is null or seconds_since <= seconds_until then used_before
            else used_after
        end as used_at
    from distances

),

near_enough as (

    select
        nearest.record_id,
        uses.customer_id
    from nearest
    inner join uses on nearest.identifier_id = uses.identifier_id and nearest.used_at = uses.occurred_at
    where
        nearest.used_at <= {{ dbt.dateadd('day', var('shared_device_days'), 'nearest.occurred_at') }}
        and nearest.occurred_at <= {{ dbt.dateadd('day', var('shared_device_days'), 'nearest.used_at') }}

)

select * from near_enough
