"""The whole run, held against what the demo knows to be true."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from demo.accuracy import accuracy
from warehouse import connect

if TYPE_CHECKING:
    import subprocess

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


def test_identity_is_as_right_as_it_was(whole_run: tuple[Settings, subprocess.CompletedProcess[str]]) -> None:
    with connect(whole_run[0], read_only=True) as connection:
        found = accuracy(connection)
    assert found.precision >= 0.99
    assert found.recall >= 0.98


def test_nobody_whose_last_word_was_no_is_delivered(
    whole_run: tuple[Settings, subprocess.CompletedProcess[str]],
) -> None:
    with connect(whole_run[0], read_only=True) as connection:
        found = connection.execute(REFUSED).fetchone()
    assert found is not None
    last_words, refusals = found
    assert last_words > 100
    assert refusals == 0
