-- One row per sync and contender: the one that writes to the person, or why it does not.
with

contenders as (
    select * from {{ ref('audience_contenders') }}
),

contacts as (
    select * from {{ ref('audience_contacts') }}
),

ranked as (
    select
        contenders.sync,
        contenders.customer_id,
        contenders.person_id,
        contenders.channel,
        contenders.contest,
        contenders.turn,
        contenders.contacts,
        contenders.within_days,
        contenders.contact_quiet_until,
        contenders.order_quiet_until,
        contacts.places_before,
        contacts.is_capped,
        contacts.is_quiet,
        min(
            case when not (contacts.is_outranked or contacts.is_capped or contacts.is_quiet) then contenders.turn end
        ) over (partition by contenders.person_id, contenders.contest) as winning_turn
    from contenders
    inner join contacts on contenders.sync = contacts.sync and contenders.customer_id = contacts.customer_id
),

winners as (
    select
        person_id,
        contest,
        sync as winning_sync
    from ranked
    where turn = winning_turn
),

judged as (
    select
        ranked.sync,
        ranked.customer_id,
        case
            when ranked.winning_turn < ranked.turn then 5
            when ranked.is_capped then 6
            when ranked.is_quiet then 7
        end as gate,
        case
            when ranked.winning_turn < ranked.turn then 'lower priority'
            when ranked.is_capped then 'frequency cap'
            when ranked.is_quiet then 'quiet period'
        end as reason,
        case
            when ranked.winning_turn < ranked.turn then winners.winning_sync || ' goes first'
            when ranked.is_capped
                then
                    ranked.contacts || ' new by ' || ranked.channel || ' in ' || ranked.within_days || ' days, '
                    || ranked.places_before || ' more now'
            when ranked.is_quiet and ranked.order_quiet_until > {{ as_of() }}
                then 'ordered: until ' || cast(cast(ranked.order_quiet_until as date) as {{ dbt.type_string() }})
            when ranked.is_quiet and ranked.contact_quiet_until > {{ as_of() }}
                then 'written to: until ' || cast(cast(ranked.contact_quiet_until as date) as {{ dbt.type_string() }})
            when ranked.is_quiet then 'another audience writes now'
        end as detail
    from ranked
    left join winners
        on ranked.person_id = winners.person_id and ranked.contest = winners.contest
)

select * from judged
