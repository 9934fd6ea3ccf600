"""The queries that compare the standing build with the new one: nothing but SQL."""

CUSTOMERS = """
select
    (select count(distinct customer_id) from standing.customer_identifiers) as customers_before,
    (select count(distinct customer_id) from identity.customer_identifiers) as customers_after
"""

# Only customers who share identifiers with several others; all the rest stay as they are.
OVERLAPS = """
with parts as (
    select standing.customer_id as standing_id, fresh.customer_id as new_id, count(*) as identifiers
    from standing.customer_identifiers as standing
    inner join identity.customer_identifiers as fresh on standing.identifier_id = fresh.identifier_id
    group by all
)
select * from parts
qualify count(*) over (partition by standing_id) > 1 or count(*) over (partition by new_id) > 1
order by all
"""

_CAUSE = """
    near.identifier_type, near.identifier_value,
    far.identifier_type as anchor_type, far.identifier_value as anchor_value
"""

# Links that hold now and did not before, in the customers that they made: first those between standing customers.
CAUSES_OF_MERGES = f"""
select fresh.customer_id, {_CAUSE}, links.rule, links.records, null as reason
from identity.identity_links as links
inner join identity.customer_identifiers as fresh on links.identifier_id = fresh.identifier_id
inner join identity.identifiers as near on links.identifier_id = near.identifier_id
inner join identity.identifiers as far on links.anchor_identifier_id = far.identifier_id
left join standing.customer_identifiers as near_owner on links.identifier_id = near_owner.identifier_id
left join standing.customer_identifiers as far_owner on links.anchor_identifier_id = far_owner.identifier_id
where
    list_contains(?, fresh.customer_id)
    and near_owner.customer_id is distinct from far_owner.customer_id
qualify row_number() over (partition by fresh.customer_id order by links.tier, links.records desc, links.link_id) <= 3
order by fresh.customer_id, links.tier, links.records desc, links.link_id
"""

# Links that held and do not any more, between what were parts of one customer, with what is said against them.
CAUSES_OF_SPLITS = f"""
select
    owner.customer_id, {_CAUSE}, links.rule, links.records,
    coalesce(
        refused.reason,
        case when blocked.identifier_id is not null then 'it would be blocked, ' || blocked.evidence end,
        'no record would say so'
    ) as reason
from standing.identity_links as links
inner join standing.customer_identifiers as owner on links.identifier_id = owner.identifier_id
inner join standing.customer_identifiers as near on links.identifier_id = near.identifier_id
inner join standing.customer_identifiers as far on links.anchor_identifier_id = far.identifier_id
left join identity.customer_identifiers as near_owner on links.identifier_id = near_owner.identifier_id
left join identity.customer_identifiers as far_owner on links.anchor_identifier_id = far_owner.identifier_id
left join identity.refused_links as refused on links.link_id = refused.link_id
left join identity.blocked_identifiers as blocked
    on blocked.identifier_id in (links.identifier_id, links.anchor_identifier_id)
where
    list_contains(?, owner.customer_id)
    and near_owner.customer_id is distinct from far_owner.customer_id
qualify row_number() over (partition by owner.customer_id order by links.tier, links.records desc, links.link_id) <= 3
order by owner.customer_id, links.tier, links.records desc, links.link_id
"""

_MOVED = """
select
    count(*) filter (where standing.customer_id <> fresh.customer_id) as moved,
    count(*) filter (where fresh.customer_id is null) as "left",
    count(*) filter (where standing.customer_id is null) as joined
from standing.{table} as standing
full outer join identity.{table} as fresh on standing.{key} = fresh.{key}
where standing.customer_id is distinct from fresh.customer_id
"""
IDENTIFIERS = _MOVED.format(table="customer_identifiers", key="identifier_id")
RECORDS = _MOVED.format(table="record_customers", key="record_id")

LINKS = """
with standing_links as (
    select link_id, rule, 'accepted' as fate, null as reason from standing.identity_links
    union all
    select link_id, rule, 'refused' as fate, reason from standing.refused_links
),
fresh_links as (
    select link_id, rule, 'accepted' as fate, null as reason from identity.identity_links
    union all
    select link_id, rule, 'refused' as fate, reason from identity.refused_links
)
select
    coalesce(fresh.rule, standing.rule) as rule,
    coalesce(standing.fate, 'absent') as was,
    coalesce(fresh.fate, 'absent') as becomes,
    fresh.reason,
    count(*) as links
from standing_links as standing
full outer join fresh_links as fresh on standing.link_id = fresh.link_id
where standing.fate is distinct from fresh.fate
group by all
order by links desc, rule, was, becomes, fresh.reason
"""

BLOCKED = """
select
    coalesce(fresh.identifier_type, standing.identifier_type) as identifier_type,
    coalesce(fresh.identifier_value, standing.identifier_value) as identifier_value,
    fresh.identifier_id is not null as is_blocked,
    coalesce(fresh.reason, standing.reason) as reason,
    coalesce(fresh.evidence, standing.evidence) as evidence
from standing.blocked_identifiers as standing
full outer join identity.blocked_identifiers as fresh on standing.identifier_id = fresh.identifier_id
where standing.identifier_id is null or fresh.identifier_id is null
order by is_blocked desc, identifier_type, identifier_value
"""

SYNCS = """
with decisions as (
    select
        sync,
        count(*) filter (where is_new) as members_after,
        count(*) filter (where not is_new) as members_before,
        count(*) filter (where is_new and decision = 'deliver') as audience_after,
        count(*) filter (where not is_new and decision = 'deliver') as audience_before
    from (
        select sync, decision, true as is_new from activation.audience_decisions
        union all
        select sync, decision, false as is_new from standing.audience_decisions
    ) as both_builds
    group by sync
),
desired as (
    select
        coalesce(standing.sync, fresh.sync) as sync,
        count(*) filter (where standing.record_key is null) as added,
        count(*) filter (where fresh.record_key is null) as removed,
        count(*) filter (where standing.payload_hash <> fresh.payload_hash) as changed
    from standing.desired_records as standing
    full outer join activation.desired_records as fresh
        on standing.sync = fresh.sync and standing.record_key = fresh.record_key
    group by 1
)
select
    decisions.sync, members_before, members_after, audience_before, audience_after,
    coalesce(added, 0) as added, coalesce(removed, 0) as removed, coalesce(changed, 0) as changed
from decisions
left join desired on decisions.sync = desired.sync
order by 1
"""

WITHHELD = """
select
    sync,
    reason,
    count(*) filter (where not is_new) as before,
    count(*) filter (where is_new) as after
from (
    select sync, reason, true as is_new from activation.audience_decisions where decision <> 'deliver'
    union all
    select sync, reason, false as is_new from standing.audience_decisions where decision <> 'deliver'
) as both_builds
group by sync, reason
having before <> after
order by sync, greatest(before, after) desc, reason
"""
