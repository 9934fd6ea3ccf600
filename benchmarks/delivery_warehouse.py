"""The warehouse of the delivery benchmark: made-up records before the real outbox models."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from benchmarks.warehouse import Scratch, outbox_project
from warehouse import Settings

if TYPE_CHECKING:
    from pathlib import Path

SYNC = "sync_bench__people"
_TABLES = """
create schema if not exists activation;
create schema if not exists consent;
create table activation.syncs as
    select '{sync}' as sync, 'bench' as destination, 'people' as segment, 'mirror' as mode, 'email' as key_type,
        'email' as channel, 'bench' as recipient, 1.0 as max_removal_share, 100000000 as max_removals,
        1000.0 as max_size_change, 100000.0 as max_age_hours, 'email,first_name,country,score' as payload_fields;
create table activation.sync_purposes as select '{sync}' as sync, 'marketing' as purpose;
create table activation.audience_decisions (sync varchar, decision varchar, gate varchar, reason varchar);
create table activation.sync_suppressions (sync varchar, customer_id varchar, reason varchar);
create table consent.suppressions (customer_id varchar, channel varchar, reason varchar);
create table activation.desired_records as
    select '{sync}' as sync, 'bench' as destination, 'person' || i || '@example.org' as record_key,
        'customer-' || i as customer_id, 'consent-' || i as permission_id,
        '{{"email":"person' || i || '@example.org","first_name":"Ana","country":"DE","score":' || i % 100 || '}}'
        as payload,
        md5(i || '') as payload_hash, 'build' as build_id, timestamp '2026-01-01' as as_of,
        false as is_incomplete, timestamp '2026-01-01' as changed_at
    from range({records}) as r(i);
create table consent.consents as
    select permission_id as consent_id, customer_id, 'marketing' as purpose, 'email' as channel, 'bench' as recipient,
        true as is_granted
    from activation.desired_records;
create table activation.sync_permissions as
    select '{sync}' as sync, customer_id, permission_id from activation.desired_records;
create table activation.quality_gates as
    select unnest(['dbt_tests', 'customers', 'outgoing']) as gate, 'build' as build_id, true as passed,
        '' as detail, cast(now() as timestamp) as checked_at;
"""


@dataclass(frozen=True)
class Place:
    """A home folder with a warehouse of so many records, and a destination that listens somewhere."""

    home: Path
    records: int

    @property
    def settings(self) -> Settings:
        """Where things are."""
        return Settings(home=self.home, project=self.home / "project", destinations=self.home / "destinations.toml")

    def make(self) -> None:
        """Build the warehouse: made-up tables, and the project's own models from receipts to pending records."""
        self.home.mkdir(parents=True)
        project: Scratch = outbox_project(self.home / "project")
        with project.connect() as connection:
            connection.execute(_TABLES.format(sync=SYNC, records=self.records))
        project.dbt("run", "--exclude", "desired_records", "quality_gates")
        project.database.rename(self.settings.database)

    def copy(self, home: Path) -> Place:
        """The same warehouse somewhere else."""
        home.mkdir(parents=True)
        shutil.copy(self.settings.database, home)
        return Place(home, self.records)

    def configure(self, url: str, connections: int) -> None:
        """Deliver to an address."""
        table = {"type": "webhook", "url": url, "secret_env": "BENCH_SECRET", "batch_size": 500,
                 "connections": connections, "first_wait_seconds": 0.05}  # fmt: skip
        lines = [f"{name} = {json.dumps(value)}" for name, value in table.items()]
        self.settings.destinations.write_text("[bench]\n" + "\n".join(lines))

    def change(self, changed: float, leaving: float) -> tuple[int, int]:
        """Give a share of the records another payload, and let another share leave; says how many either are."""
        with duckdb.connect(str(self.settings.database)) as connection:
            left = _rows(
                connection,
                "delete from activation.desired_records where hash(record_key) % 100000 < ?",
                int(leaving * 100_000),
            )
            other = _rows(
                connection,
                "update activation.desired_records set payload_hash = payload_hash || 'x',"
                " changed_at = timestamp '2026-01-02' where hash(record_key || 'changed') % 100000 < ?",
                int(changed * 100_000),
            )
        return other, left

    def spoil(self, every: int) -> int:
        """Make one record in so many bad, anywhere: the receiver refuses a batch that holds one; says how many."""
        with duckdb.connect(str(self.settings.database)) as connection:
            return _rows(
                connection,
                "update activation.desired_records set payload = replace(payload, '\"Ana\"', '\"BAD\"')"
                " where hash(record_key || 'bad') % ? = 0",
                every,
            )


def _rows(connection: duckdb.DuckDBPyConnection, statement: str, value: int) -> int:
    found = connection.execute(statement, [value]).fetchone()
    return int(found[0]) if found else 0
