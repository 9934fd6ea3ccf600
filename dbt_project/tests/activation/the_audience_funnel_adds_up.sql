-- Syncs of which the members of the segment are not the delivered and the withheld, or the delivered not the desired.
with

syncs as (

    select * from {{ ref('syncs') }}

),

segment_memberships as (

    select * from {{ ref('segment_memberships') }}

),

audience_decisions as (

    select * from {{ ref('audience_decisions') }}

),

desired_records as (

    select * from {{ ref('desired_records') }}

),

members as (

    select
        segment,
        count(*) as members
    from segment_memberships
    group by segment

),

decisions as (

    select
        sync,
        count(case when decision = 'deliver' and reason is null then 1 end) as delivered,
        count(case when decision = 'withhold' and reason is not null then 1 end) as withheld
    from audience_decisions
    group by sync

),

desired as (

    select
        sync,
        count(*) as desired
    from desired_records
    group by sync

),

funnels as (

    select
        syncs.sync,
        coalesce(members.members, 0) as members,
        coalesce(decisions.delivered, 0) as delivered,
        coalesce(decisions.withheld, 0) as withheld,
        coalesce(desired.desired, 0) as desired
    from syncs
    left join members
        on syncs.segment = members.segment
    left join decisions
        on syncs.sync = decisions.sync
    left join desired
        on syncs.sync = desired.sync

)

select * from funnels
where members != delivered + withheld or delivered != desired
