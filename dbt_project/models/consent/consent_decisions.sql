-- One row per consent event, customer, purpose and channel, with whether a later word has replaced it.
-- A later word through any shared identifier replaces an earlier one; in the same instant the withdrawal is the later.
with

consent_statements as (

    select * from {{ ref('consent_statements') }}

),

compared as (

    select
        consent_event_id,
        customer_id,
        purpose,
        channel,
        recipient,
        is_grant,
        occurred_at,
        max(occurred_at) over (
            partition by customer_id, identifier_id, purpose, channel, recipient
        ) as last_spoken_at,
        max(case when not is_grant then occurred_at end) over (
            partition by customer_id, identifier_id, purpose, channel, recipient
        ) as last_withdrawn_at
    from consent_statements

),

decided as (

    select
        consent_event_id,
        customer_id,
        purpose,
        channel,
        recipient,
        is_grant,
        occurred_at,
        max(
            case when occurred_at < last_spoken_at or (is_grant and occurred_at = last_withdrawn_at) then 1 else 0 end
        ) = 1 as is_superseded
    from compared
    group by consent_event_id, customer_id, purpose, channel, recipient, is_grant, occurred_at

)

select * from decided
