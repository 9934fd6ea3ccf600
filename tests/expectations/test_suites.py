"""Each thing that can go wrong with a whole table is found, by name."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from expectations import latest_gates, page_of, run_suites
from expectations.__main__ import main
from warehouse import connect

if TYPE_CHECKING:
    from click.testing import Result

    from expectations import SuiteResult
    from warehouse import Settings

pytestmark = pytest.mark.slow

ONE = "(select min(customer_id) from activation.desired_records)"
CUSTOMERS = {
    "there are customers": "delete from customer_360.customers",
    "there are between half and twice the usual": "delete from customer_360.customers where hash(customer_id) % 3 > 0",
    "there are as many customers as identity found": f"delete from customer_360.customers where customer_id = {ONE}",
    "the customers' revenue is that of their orders": (
        f"update customer_360.customers set net_revenue = net_revenue + 1 where customer_id = {ONE}"
    ),
    "the revenue of each source and currency is what its records say, to the cent": (
        "update customer_360.money_reconciliation set difference = 0.01 where source = 'pos'"
    ),
    "at most one in ten e-mail addresses is that of two customers": (
        "update customer_360.customers set email = left(email, 1) where email is not null"
    ),
    "at most one in twenty customers is a test account": "update customer_360.customers set is_test = true",
    "there are customers who are known": "update customer_360.customers set is_known = false",
    "no customer holds more than a hundred identifiers and 1% of all": (
        f"update customer_360.customers set identifiers_count = 5000 where customer_id = {ONE}"
    ),
    "% of the customers have an e-mail address, as before": (
        "update customer_360.customers set email = null where hash(customer_id) % 2 = 0"
    ),
}
OUTGOING = {
    "everybody in it has consented to each purpose": (
        f"update consent.consents set is_granted = false where customer_id = {ONE}"
    ),
    "nobody in it is suppressed": (
        "insert into consent.suppressions (customer_id, channel, reason, since)"
        f" select {ONE}, 'any', 'erasure', timestamp '2026-06-01'"
    ),
    "nobody in a promotion is in a segment that holds promotions back": (
        "insert into segments.segment_memberships (segment, customer_id)"
        " select 'service_recovery', min(customer_id) from activation.desired_records where sync like '%win_back'"
    ),
    "every record names its permission": (
        f"update activation.desired_records set permission_id = null where customer_id = {ONE}"
    ),
    "every record has a key": f"update activation.desired_records set record_key = ' ' where customer_id = {ONE}",
    "a sync holds a key once": "update activation.desired_records set record_key = 'one@example.org'",
    "no payload is empty": f"update activation.desired_records set payload = '' where customer_id = {ONE}",
    "each sync holds exactly those whom its audience delivers": (
        f"delete from activation.desired_records where customer_id = {ONE}"
    ),
    "each sync comes from one build": (
        "update activation.desired_records set build_id = 'another' where customer_id in"
        " (select max(customer_id) from activation.desired_records group by sync having count(*) > 1)"
    ),
    "no sync is ten times its usual size": "update activation.sync_runs set desired = greatest(desired / 20, 1)",
}


def _break(settings: Settings, statement: str) -> None:
    with connect(settings) as connection:
        _without_contract(connection, statement)
        connection.execute(statement)


def _without_contract(connection: object, statement: str) -> None:
    """A contract would refuse some of these; tables that another hand wrote have none."""
    for table in re.findall(r"(?:update|into|from) (\w+\.\w+)", statement):
        copy = f"create or replace table {table} as select * from {table}"
        connection.execute(copy)  # type: ignore[attr-defined]


def _suite(settings: Settings, name: str) -> SuiteResult:
    return run_suites(settings, "a build", (name,))[0]


def _failed(result: SuiteResult) -> list[str]:
    return [one.sentence for one in result.blocking]


def test_a_good_build_passes_both(built_warehouse: Settings) -> None:
    results = run_suites(built_warehouse, "a build")
    assert [(one.suite, one.passed) for one in results] == [("customers", True), ("outgoing", True)]
    assert all(len(one.results) >= 9 for one in results)


@pytest.mark.parametrize(("sentence", "statement"), CUSTOMERS.items(), ids=CUSTOMERS.keys())
def test_customers(built_warehouse: Settings, sentence: str, statement: str) -> None:
    _break(built_warehouse, statement)
    assert any(sentence in failed for failed in _failed(_suite(built_warehouse, "customers")))


@pytest.mark.parametrize(("sentence", "statement"), OUTGOING.items(), ids=OUTGOING.keys())
def test_outgoing(built_warehouse: Settings, sentence: str, statement: str) -> None:
    _break(built_warehouse, statement)
    assert any(sentence in failed for failed in _failed(_suite(built_warehouse, "outgoing")))


WARNINGS = {
    "each segment is of the size that its YAML expects": (
        "update segments.segment_settings set least_members = 10000000 where segment = 'win_back'"
    ),
    "no segment is past the day of its review": (
        "update segments.segment_settings set review_by = timestamp '2026-07-01' where segment = 'win_back'"
    ),
}


@pytest.mark.parametrize(("sentence", "statement"), WARNINGS.items(), ids=WARNINGS.keys())
def test_a_surprising_segment_is_named_with_its_owner_and_blocks_nothing(
    built_warehouse: Settings, sentence: str, statement: str
) -> None:
    assert sentence not in [one.sentence for one in _suite(built_warehouse, "outgoing").warnings]
    _break(built_warehouse, statement)
    result = _suite(built_warehouse, "outgoing")
    [found] = [one for one in result.warnings if one.sentence == sentence]
    assert result.passed
    assert [one.split(":")[0] for one in found.examples] == ["win_back of lifecycle@kindred.example"]


def test_money_that_does_not_add_up_is_named_by_source_currency_and_amount(built_warehouse: Settings) -> None:
    _break(
        built_warehouse,
        "update customer_360.money_reconciliation set difference = -12.34 where source = 'pos' and currency = 'EUR'",
    )
    assert "(pos in EUR: 12.34 too little)" in _suite(built_warehouse, "customers").summary


def test_a_change_of_size_can_be_accepted(built_warehouse: Settings) -> None:
    history = built_warehouse.data_docs / "history.jsonl"
    history.write_text(re.sub(r'"build": "[^"]+"', '"build": "an earlier one"', history.read_text()))
    _break(built_warehouse, "update customer_360.customers set email = null where hash(customer_id) % 2 = 0")
    assert _judge(built_warehouse).exit_code == 1
    assert _judge(built_warehouse, "--forget").exit_code == 0


def test_run_alone_it_opens_and_shuts_the_gates(built_warehouse: Settings) -> None:
    command, environment = [sys.executable, "-m", "expectations"], {**os.environ, **built_warehouse.environment()}
    well = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert well.returncode == 0, well.stderr
    assert re.findall(r"^passed +(\w+)", well.stdout, re.MULTILINE) == ["dbt_tests", "customers", "outgoing"]

    _break(built_warehouse, "update customer_360.customers set is_test = true")
    ill = _judge(built_warehouse)
    assert ill.exit_code == 1
    assert "FAILED  customers" in ill.stdout
    with connect(built_warehouse, read_only=True) as connection:
        [build] = connection.execute("select distinct build_id from activation.desired_records").fetchall()
    gates = latest_gates(built_warehouse)
    assert {one.gate: one.passed for one in gates} == {"dbt_tests": True, "customers": False, "outgoing": True}
    assert {one.build for one in gates} == set(build)


def test_the_page_needs_no_network_and_holds_nobody(built_warehouse: Settings) -> None:
    _break(built_warehouse, OUTGOING["everybody in it has consented to each purpose"])
    run_suites(built_warehouse, "a build")
    with connect(built_warehouse, read_only=True) as connection:
        keys = connection.execute("select record_key from activation.desired_records").fetchall()
    for suite in ("customers", "outgoing"):
        page = page_of(built_warehouse, suite).read_text()
        assert "http" not in page
        assert "<script" not in page
        assert not any(key in page for (key,) in keys)
    assert "everybody in it has consented" in page


def _judge(settings: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, env=settings.environment())
