from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from demo.report import lines, report
from warehouse import KindredError, Settings, connect

if TYPE_CHECKING:
    from pathlib import Path

_BUILT = """
create schema truth;
create schema identity;
create table truth.record_owners as
    from (values
        ('orders:1', 'Ada', 'clean', true),
        ('orders:2', 'Ada', 'typos', true),
        ('orders:3', 'Ben', 'clean', true)
    ) as rows (record_id, person_id, mess, is_identifiable);
create table identity.record_customers as
    from (values ('orders:1', 'c1'), ('orders:2', 'c2'), ('orders:3', 'c1')) as rows (record_id, customer_id);
create table identity.customer_identifiers as
    from (values ('c1', 'i1'), ('c1', 'i2'), ('c1', 'i3'), ('c2', 'i4')) as rows (customer_id, identifier_id);
create table identity.refused_links as
    from (values ('limit', 'too many emails'), ('limit', 'too many emails'), ('names', 'different first names'))
    as rows (refused_by, reason);
create table identity.blocked_identifiers as
    from (values ('hub', 'email'), ('shape', 'phone')) as rows (reason, identifier_type);
"""


@pytest.fixture
def warehouse(tmp_path: Path) -> Settings:
    """Ada lost a record to another customer, and Ben became Ada."""
    settings = Settings(home=tmp_path, project=tmp_path, destinations=tmp_path / "destinations.toml")
    with duckdb.connect(str(settings.database)) as connection:
        connection.execute(_BUILT)
    return settings


def _run(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "demo.accuracy", *arguments]
    return subprocess.run(command, env=settings.environment(), capture_output=True, text=True, check=False)


def test_the_report_counts_what_was_joined_and_what_was_held_apart(warehouse: Settings) -> None:
    with duckdb.connect(str(warehouse.database), read_only=True) as connection:
        found = report(connection)
    assert (found.accuracy.precision, found.accuracy.recall) == (0, 0)
    assert found.largest is not None
    assert asdict(found.largest) == {"customer_id": "c1", "records": 2, "identifiers": 3, "people": 2}
    assert found.refused_links == {"limit: too many emails": 2, "names: different first names": 1}
    assert found.blocked_identifiers == {"hub: email": 1, "shape: phone": 1}
    costs = {loss.mess: (loss.missed_pairs, loss.wrong_pairs) for loss in found.accuracy.losses}
    assert costs == {"clean": (0, 1), "typos": (1, 0)}


def test_the_command_says_it_in_words_and_for_scripts(warehouse: Settings) -> None:
    with duckdb.connect(str(warehouse.database), read_only=True) as connection:
        found = report(connection)
    shown = _run(warehouse)
    assert shown.stdout.splitlines() == list(lines(found))
    assert "2 true people left 3 records; they became 2 customers." in shown.stdout
    assert "Largest customer: c1, 2 records, 3 identifiers, of 2 true people." in shown.stdout
    assert "Links refused, by rule: 3" in shown.stdout
    told: dict[str, Any] = json.loads(_run(warehouse, "--json").stdout)
    assert told["largest"]["people"] == 2
    assert {loss["missed_pairs"] + loss["wrong_pairs"] for loss in told["accuracy"]["losses"]} == {1}


def test_a_slow_machine_draws_no_bar_into_the_answer(warehouse: Settings) -> None:
    with connect(warehouse, read_only=True) as connection:
        assert connection.execute("select current_setting('enable_progress_bar')").fetchone() == (False,)


def test_without_truth_or_identity_it_says_what_to_run(warehouse: Settings) -> None:
    with duckdb.connect(str(warehouse.database)) as connection:
        connection.execute("drop table identity.refused_links")
        with pytest.raises(KindredError, match=r"no identity\.refused_links: run `kindred run` first"):
            report(connection)
        connection.execute("drop table truth.record_owners")
    told = _run(warehouse)
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr == "The warehouse has no truth.record_owners: run `python -m demo` first.\n"
