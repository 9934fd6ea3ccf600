-- The tables that reverse_etl reads and writes, of the shape that the dbt project gives them; the views of the outbox are
-- the project's own, see `outbox` in conftest.py.
create schema activation;
create schema consent;

create table activation.syncs (
    sync varchar, destination varchar, segment varchar, mode varchar, key_type varchar, channel varchar,
    recipient varchar, holdout_share double, max_removal_share double, max_removals bigint, max_size_change double,
    max_age_hours double, payload_fields varchar
);
create table activation.sync_purposes (sync varchar, purpose varchar);
create table activation.audience_decisions (
    sync varchar, segment varchar, customer_id varchar, decision varchar, gate integer, reason varchar, detail varchar,
    record_key varchar, permission_id varchar
);
create table activation.desired_records (
    sync varchar, destination varchar, record_key varchar, customer_id varchar, permission_id varchar, payload varchar,
    payload_hash varchar, build_id varchar, as_of timestamp, is_incomplete boolean default false
);
create table activation.receipts (
    receipt_id varchar, run_id varchar, sync varchar, destination varchar, operation varchar, record_key varchar,
    customer_id varchar, permission_id varchar, payload_hash varchar, outcome varchar, reason varchar, build_id varchar,
    delivered_at timestamp, external_id varchar, recorded_at timestamp
);
create table activation.standing_receipts as select * from activation.receipts;
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
