-- The relations that reverse_etl reads and writes, of the shape that the dbt project gives them.
create schema activation;
create schema consent;

create table activation.syncs (
    sync varchar, destination varchar, segment varchar, mode varchar, key_type varchar, channel varchar,
    recipient varchar, holdout_share double, max_removal_share double, max_removals bigint, max_size_change double,
    max_age_hours double
);
create table activation.sync_purposes (sync varchar, purpose varchar);
create table activation.audience_decisions (
    sync varchar, segment varchar, customer_id varchar, decision varchar, reason varchar, record_key varchar,
    permission_id varchar
);
create table activation.desired_records (
    sync varchar, destination varchar, record_key varchar, customer_id varchar, permission_id varchar, payload varchar,
    payload_hash varchar, build_id varchar, as_of timestamp
);
create table activation.receipts (
    receipt_id varchar, run_id varchar, sync varchar, destination varchar, operation varchar, record_key varchar,
    customer_id varchar, permission_id varchar, payload_hash varchar, outcome varchar, reason varchar, build_id varchar,
    delivered_at timestamp
);
create table activation.quality_gates (
    gate varchar, build_id varchar, passed boolean, detail varchar, checked_at timestamp
);
create table activation.sync_runs (
    run_id varchar, sync varchar, destination varchar, status varchar, desired integer, adds integer, updates integer,
    removals integer, accepted integer, pending integer, rejected integer, retryable integer, rate_limited integer,
    unknown integer, message varchar, build_id varchar, started_at timestamp, finished_at timestamp
);
create table consent.consents (
    consent_id varchar, customer_id varchar, purpose varchar, channel varchar, recipient varchar, is_granted boolean,
    policy_version varchar, jurisdiction varchar, proof varchar, decided_at timestamp
);
create table consent.suppressions (customer_id varchar, channel varchar, reason varchar, since timestamp);

create view activation.sync_permissions as
select syncs.sync, consents.customer_id, consents.consent_id as permission_id
from activation.syncs
inner join activation.sync_purposes on syncs.sync = sync_purposes.sync
inner join consent.consents
    on sync_purposes.purpose = consents.purpose
    and syncs.channel = consents.channel
    and consents.recipient in (syncs.recipient, 'any')
where consents.is_granted;

create view activation.sync_suppressions as
select syncs.sync, suppressions.customer_id, min(suppressions.reason) as reason
from activation.syncs
inner join consent.suppressions on suppressions.channel in (syncs.channel, 'any')
group by all;

-- Per key: what was confirmed (held), what may have been carried out (touched), and the last answer (last).
create view activation.receipt_states as
with latest as (
    select
        sync, destination, record_key,
        arg_max(struct_pack(operation, payload_hash, customer_id, delivered_at), (delivered_at, receipt_id))
            filter (where outcome = 'accepted') as held,
        arg_max(struct_pack(operation, outcome, payload_hash, customer_id), (delivered_at, receipt_id))
            filter (where outcome in ('accepted', 'pending', 'unknown')) as touched,
        arg_max(struct_pack(operation, outcome, payload_hash), (delivered_at, receipt_id))
            filter (where outcome != 'rate_limited') as last
    from activation.receipts
    group by sync, destination, record_key
)
select
    *,
    -- A job that was taken may hold the record until it is answered; one that was refused changed nothing.
    coalesce(held.operation != 'remove', false)
    or coalesce(touched.outcome = 'unknown', false)
    or coalesce(touched.outcome = 'pending' and (last.outcome = 'pending' or touched.operation = 'remove'), false)
        as may_be_held
from latest;

create view activation.delivered_records as
select
    sync, destination, record_key, held.customer_id as customer_id, held.payload_hash as payload_hash,
    held.delivered_at as delivered_at
from activation.receipt_states
where held.operation in ('add', 'update');

create view activation.pending_records as
select
    desired.sync, desired.destination,
    case when held.operation != 'remove' and touched.operation != 'remove' then 'update' else 'add' end as operation,
    desired.record_key, desired.customer_id, permission_id, payload, desired.payload_hash, last.outcome as previous_outcome
from activation.desired_records as desired
left join activation.receipt_states as states using (sync, record_key)
where
    not coalesce(
        touched.operation != 'remove' and touched.outcome = 'accepted' and touched.payload_hash = desired.payload_hash,
        false
    )
    and not coalesce(
        last.operation != 'remove' and last.outcome in ('pending', 'rejected') and last.payload_hash = desired.payload_hash,
        false
    )
union all
select
    states.sync, states.destination, 'remove', states.record_key, touched.customer_id, null, null, null, last.outcome
from activation.receipt_states as states
left join activation.desired_records as desired using (sync, record_key)
where
    desired.record_key is null
    and may_be_held
    and not coalesce(last.operation = 'remove' and last.outcome = 'pending', false);
