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

-- What follows is what the models of these names compile to, without their comments.
create view activation.receipt_states as
with
receipts as (
    select * from activation.receipts
),
latest as (
    select
        sync,
        destination,
        record_key,
        arg_max(struct_pack(operation, payload_hash, customer_id, delivered_at, receipt_id), (delivered_at, receipt_id))
            filter (where outcome = 'accepted') as held,
        arg_max(struct_pack(operation, outcome, payload_hash, customer_id), (delivered_at, receipt_id))
            filter (where outcome in ('accepted', 'pending', 'unknown')) as touched,
        arg_max(struct_pack(operation, outcome, payload_hash), (delivered_at, receipt_id))
            filter (where outcome != 'rate_limited') as last,
        arg_max(struct_pack(delivered_at, receipt_id), (delivered_at, receipt_id))
            filter (where outcome = 'unknown' and operation != 'remove') as lost
    from receipts
    group by sync, destination, record_key
),
states as (
    select
        sync,
        destination,
        record_key,
        latest.held.operation as held_operation,
        latest.held.customer_id as held_customer_id,
        latest.held.payload_hash as held_payload_hash,
        latest.held.delivered_at as held_at,
        latest.touched.operation as touched_operation,
        latest.touched.outcome as touched_outcome,
        latest.touched.payload_hash as touched_payload_hash,
        latest.touched.customer_id as touched_customer_id,
        latest.last.operation as last_operation,
        latest.last.outcome as last_outcome,
        latest.last.payload_hash as last_payload_hash,
        latest.lost is not null and (
            latest.held is null
            or latest.held.delivered_at < latest.lost.delivered_at
            or (latest.held.delivered_at = latest.lost.delivered_at and latest.held.receipt_id < latest.lost.receipt_id)
        ) as is_lost
    from latest
)
select * from states;

create view activation.outgoing_records as
with
desired_records as (
    select * from activation.desired_records
),
receipt_states as (
    select * from activation.receipt_states
),
compared as (
    select
        desired_records.sync,
        desired_records.destination,
        desired_records.record_key,
        desired_records.customer_id,
        desired_records.permission_id,
        desired_records.payload,
        desired_records.payload_hash,
        receipt_states.last_outcome as previous_outcome,
        coalesce(
            receipt_states.held_operation != 'remove' and receipt_states.touched_operation != 'remove', false
        ) as is_held,
        coalesce(
            receipt_states.touched_operation != 'remove'
            and receipt_states.touched_outcome = 'accepted'
            and receipt_states.touched_payload_hash = desired_records.payload_hash,
            false
        ) as is_settled,
        coalesce(
            receipt_states.last_operation != 'remove'
            and receipt_states.last_outcome in ('pending', 'rejected')
            and receipt_states.last_payload_hash = desired_records.payload_hash,
            false
        ) as is_answered
    from desired_records
    left join receipt_states
        on
            desired_records.sync = receipt_states.sync
            and desired_records.destination = receipt_states.destination
            and desired_records.record_key = receipt_states.record_key
),
-- A job that still runs is not started twice, and what was rejected is not offered again until it has changed.
outgoing as (
    select
        sync,
        destination,
        case when is_held then 'update' else 'add' end as operation,
        record_key,
        customer_id,
        permission_id,
        payload,
        payload_hash,
        previous_outcome
    from compared
    where not is_settled and not is_answered
)
select * from outgoing;

create view activation.leaving_records as
with
desired_records as (
    select * from activation.desired_records
),
receipt_states as (
    select * from activation.receipt_states
),
-- A job that was taken may hold the record until the destination says no to that very job.
held as (
    select * from receipt_states
    where
        held_operation != 'remove'
        or is_lost
        or touched_outcome = 'unknown'
        or (
            touched_outcome = 'pending'
            and not (
                touched_operation != 'remove'
                and touched_operation = last_operation
                and touched_payload_hash = last_payload_hash
                and last_outcome in ('rejected', 'retryable')
            )
        )
),
leaving as (
    select
        held.sync,
        held.destination,
        'remove' as operation,
        held.record_key,
        held.touched_customer_id as customer_id,
        held.last_outcome as previous_outcome
    from held
    left join desired_records
        on
            held.sync = desired_records.sync
            and held.destination = desired_records.destination
            and held.record_key = desired_records.record_key
    where
        desired_records.record_key is null
        and not (held.last_operation = 'remove' and held.last_outcome = 'pending')
)
select * from leaving;

create view activation.delivered_records as
with
receipt_states as (
    select * from activation.receipt_states
),
delivered as (
    select
        sync,
        destination,
        record_key,
        held_customer_id as customer_id,
        held_payload_hash as payload_hash,
        held_at as delivered_at
    from receipt_states
    where held_operation in ('add', 'update')
)
select * from delivered;

create view activation.pending_records as
with
outgoing_records as (
    select * from activation.outgoing_records
),
leaving_records as (
    select * from activation.leaving_records
),
pending as (
    select
        sync,
        destination,
        operation,
        record_key,
        customer_id,
        permission_id,
        payload,
        payload_hash,
        previous_outcome
    from outgoing_records
    union all
    select
        sync,
        destination,
        operation,
        record_key,
        customer_id,
        cast(null as varchar) as permission_id,
        cast(null as varchar) as payload,
        cast(null as varchar) as payload_hash,
        previous_outcome
    from leaving_records
)
select * from pending;
