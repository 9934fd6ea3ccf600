"""The whole run, held against what the demo knows to be true."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from demo.report import report
from warehouse import connect

if TYPE_CHECKING:
    import subprocess

    from demo.report import Report
    from warehouse import Settings

pytestmark = pytest.mark.slow

# The last word of each true person on what a sync needs, by the person behind the record: identity has no say in it.
REFUSED = """
with
words as (
    select
        delivered.sync,
        delivered.record_key,
        purposes.purpose,
        events.decision,
        row_number() over (
            partition by delivered.sync, delivered.record_key, purposes.purpose
            order by events.occurred_at desc, events.decision desc
        ) as place
    from activation.delivered_records as delivered
    inner join activation.syncs using (sync)
    inner join activation.sync_purposes as purposes using (sync)
    inner join truth.people on lower(people.email) = delivered.record_key
    inner join truth.record_owners using (person_id)
    inner join staging.stg_consent__events as events
        on
            record_owners.record_id = events.record_id
            and events.purpose in (purposes.purpose, 'any')
            and events.channel in (syncs.channel, 'any')
            and events.recipient in (syncs.recipient, 'any')
)
select
    count(*) as last_words,
    count(*) filter (where decision = 'withdrawn') as refusals
from words
where place = 1
"""


PROMISED_PRECISION, PROMISED_RECALL = 0.995, 0.97
REACHED_PRECISION, REACHED_RECALL = 0.9968, 0.993
"""A little below what these 2,000 people give, .9971 and .9934: raise them with the models, never lower them unsaid."""

ONLY_WRITTEN_OTHERWISE = {"format_variations", "odd_times", "late_rows", "duplicate_rows", "foreign_currency"}
"""Mess that normalisation and staging undo, so that it costs identity nothing."""


@pytest.fixture(scope="module")
def measured(whole_run: tuple[Settings, subprocess.CompletedProcess[str]]) -> Report:
    with connect(whole_run[0], read_only=True) as connection:
        return report(connection)


def test_identity_is_as_right_as_promised_and_as_it_was(measured: Report) -> None:
    found = measured.accuracy
    assert found.precision >= max(PROMISED_PRECISION, REACHED_PRECISION)
    assert found.recall >= max(PROMISED_RECALL, REACHED_RECALL)


def test_no_customer_mixes_more_than_two_people(measured: Report) -> None:
    assert measured.accuracy.largest_customer_people <= 2
    assert measured.largest is not None
    assert measured.largest.people == 0, "the most records are those of the robot among the bad rows, which is nobody"


def test_every_lost_pair_is_laid_to_mess_that_can_lose_one(measured: Report) -> None:
    cost = {loss.mess: loss.recall_loss + loss.precision_loss for loss in measured.accuracy.losses}
    assert sum(cost.values()) == pytest.approx(2 - measured.accuracy.precision - measured.accuracy.recall)
    assert max(cost[mess] for mess in ONLY_WRITTEN_OTHERWISE) <= 0.0001
    assert cost["clean"] <= 0.0001


def test_what_was_held_apart_is_shown_with_its_rule(measured: Report) -> None:
    rules = {what.partition(":")[0] for what in measured.refused_links}
    assert {"max_per_customer", "first_names", "known_customers"} <= rules
    assert {what.partition(":")[0] for what in measured.blocked_identifiers} == {"blocklist", "hub", "shape"}


def test_nobody_whose_last_word_was_no_is_delivered(
    whole_run: tuple[Settings, subprocess.CompletedProcess[str]],
) -> None:
    with connect(whole_run[0], read_only=True) as connection:
        found = connection.execute(REFUSED).fetchone()
    assert found is not None
    last_words, refusals = found
    assert last_words > 100
    assert refusals == 0
