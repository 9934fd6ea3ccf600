{{ config(
    materialized='incremental',
    unique_key=['segment', 'customer_id', 'entered_at'],
    on_schema_change='append_new_columns',
    full_refresh=false,
) }}
-- One row per segment, customer and stay: since when, and until when, in the as_of of the builds that saw it change.
-- Building an as_of again repairs its changes and adds none; building an earlier one changes nothing.
with

memberships as (
    select * from {{ ref('segment_memberships') }}
),

history as (
    {{ rows_of_earlier_builds({
        'segment': 'text', 'customer_id': 'text', 'entered_at': 'timestamp', 'left_at': 'timestamp',
    }) }}
),

later as (
    select count(*) as changes from history
    where entered_at > {{ as_of() }} or left_at > {{ as_of() }}
),

-- who was inside just before as_of, whatever an earlier build of the same as_of said
stays as (
    select * from history
    where left_at is null or left_at = {{ as_of() }}
),

compared as (
    select
        coalesce(stays.segment, memberships.segment) as segment,
        coalesce(stays.customer_id, memberships.customer_id) as customer_id,
        coalesce(stays.entered_at, {{ as_of() }}) as entered_at,
        case when memberships.customer_id is null then {{ as_of() }} end as left_at,
        stays.entered_at as recorded_entered_at,
        stays.left_at as recorded_left_at
    from stays
    full outer join memberships
        on
            stays.segment = memberships.segment
            and stays.customer_id = memberships.customer_id
),

changed as (
    select
        compared.segment,
        compared.customer_id,
        compared.entered_at,
        compared.left_at
    from compared
    cross join later
    where
        later.changes = 0
        and (compared.recorded_entered_at is null or compared.left_at is distinct from compared.recorded_left_at)
)

select * from changed
