-- One row per change of who is a customer: minted, merged into another, split off from another, retired, or some
-- identifiers moved to another; with the link that caused it.
with

spans as (

    select * from {{ ref('customer_spans') }}

),

moves as (

    select * from {{ ref('customer_move_kinds') }}

),

causes as (

    select * from {{ ref('customer_move_links') }}

),

moved as (

    select
        move_id as change_id,
        run_number,
        assigned_as_of,
        change_kind,
        case when change_kind = 'split' then customer_id else previous_customer_id end as customer_id,
        case when change_kind = 'split' then previous_customer_id else customer_id end as other_customer_id,
        identifiers
    from moves

),

alone as (

    select
        {{ change_key('spans.run_number', 'spans.customer_id') }} as change_id,
        spans.run_number,
        spans.assigned_as_of,
        case when spans.is_one then 'mint' else 'retire' end as change_kind,
        spans.customer_id,
        cast(null as {{ dbt.type_string() }}) as other_customer_id,
        cast(null as {{ dbt.type_bigint() }}) as identifiers
    from spans
    left join moves as arrived on spans.run_number = arrived.run_number and spans.customer_id = arrived.customer_id
    left join moves as gone on spans.run_number = gone.run_number and spans.customer_id = gone.previous_customer_id
    where
        (spans.is_one and not spans.was_one and arrived.move_id is null)
        or (spans.was_one and not spans.is_one and gone.move_id is null)

),

changes as (

    select * from moved
    union all
    select * from alone

),

explained as (

    select
        changes.*,
        causes.link_id,
        causes.identifier_id as link_identifier_id,
        causes.other_identifier_id as link_other_identifier_id,
        causes.rule as link_rule,
        causes.source as link_source,
        causes.record_id as link_record_id,
        causes.reason as link_reason
    from changes
    left join causes on changes.change_id = causes.move_id

)

select * from explained
