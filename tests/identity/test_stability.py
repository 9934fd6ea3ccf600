"""Customer ids that stay, limits that hold, and the same answer however the rows arrive: through real dbt runs."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.warehouse import Scratch, write_observations

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    NewIdentity = Callable[[Path], Scratch]

pytestmark = pytest.mark.slow

ASSIGNED = "select identifier_type, identifier_value, customer_id from identity.customer_identifiers"
RECORDS = "select record_id, customer_id from identity.record_customers"
LINKS = "select * from identity.identity_links"
REFUSED = "select * from identity.refused_links"
CLUSTERS = "select * from identity.identity_clusters"
LOG = "select * from identity.identity_assignments"


def build(scratch: Scratch, observations: list[Any], *flags: str) -> Scratch:
    fields = ("record_id", "source", "identifier_type", "identifier_value", "observed_at", "loaded_at")
    columns = ", ".join(f"unnest(?) as {field}" for field in fields)
    values = [[getattr(row, field) for row in observations] for field in fields]
    write_observations(scratch, f"select {columns}", values)
    scratch.dbt("run", *flags)
    return scratch


def shuffled(observations: list[Any], seed: int) -> list[Any]:
    return random.Random(seed).sample(observations, len(observations))  # noqa: S311  (rows, not secrets)


@pytest.fixture(scope="module")
def start(new_identity: NewIdentity) -> NewIdentity:
    """A warehouse with its rules and no records."""

    def begin(folder: Path) -> Scratch:
        scratch = new_identity(folder)
        scratch.dbt("seed")
        return scratch

    return begin


def rows(scratch: Scratch, query: str) -> set[Any]:
    with scratch.connect() as connection:
        return set(connection.execute(query).fetchall())


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, start: NewIdentity, observations: list[Any]) -> Scratch:
    return build(start(tmp_path_factory.mktemp("built") / "identity"), observations)


def test_ids_survive_a_rerun_and_a_full_refresh_of_shuffled_rows(built: Scratch, observations: list[Any]) -> None:
    before, log = rows(built, ASSIGNED), rows(built, LOG)
    build(built, observations)
    assert (rows(built, ASSIGNED), rows(built, LOG)) == (before, log)
    build(built, shuffled(observations, seed=1), "--full-refresh")
    assert (rows(built, ASSIGNED), rows(built, LOG)) == (before, log)


def test_a_rebuild_from_nothing_gives_the_same_tables(
    tmp_path: Path, start: NewIdentity, built: Scratch, observations: list[Any]
) -> None:
    again = build(start(tmp_path / "again"), shuffled(observations, seed=2))
    for query in (ASSIGNED, RECORDS, LINKS, REFUSED, CLUSTERS, LOG):
        assert rows(again, query) == rows(built, query)


def test_two_loads_end_where_one_does(
    tmp_path: Path, start: NewIdentity, built: Scratch, observations: list[Any]
) -> None:
    """Links, refusals and clusters, though late rows are among the second load. Most of the first load's ids stay."""
    middle = sorted(row.loaded_at for row in observations)[len(observations) // 2]
    parts = start(tmp_path / "parts")
    build(parts, [row for row in observations if row.loaded_at < middle])
    first = dict(rows(parts, "select identifier_id, customer_id from identity.customer_identifiers"))
    build(parts, observations)
    for query in (LINKS, REFUSED, CLUSTERS):
        assert rows(parts, query) == rows(built, query)
    changed = rows(parts, f"select change_kind from ({LOG}) where run_number = 2")
    assert ("move",) in changed
    then = dict(rows(parts, "select identifier_id, customer_id from identity.customer_identifiers"))
    assert sum(then.get(identifier) == customer for identifier, customer in first.items()) > 0.9 * len(first)
    handed_out = rows(parts, ASSIGNED)
    assert handed_out != rows(built, ASSIGNED)
    build(parts, observations, "--full-refresh")
    assert rows(parts, ASSIGNED) == handed_out


def test_clusters_are_the_components_of_the_links_that_hold(built: Scratch, oracle: Callable[..., Any]) -> None:
    links = rows(built, "select identifier_id, anchor_identifier_id from identity.identity_links")
    alone = rows(built, "select identifier_id, identifier_id from identity.identity_clusters")
    assert dict(rows(built, CLUSTERS)) == oracle([*links, *alone])
    assert rows(built, "select identifier_id, cluster_id from identity.tier_5_clusters") == rows(built, CLUSTERS)


def test_no_cluster_breaches_its_limits(built: Scratch) -> None:
    counts = (
        "select cluster_id, identifier_type, count(*) as n, max(max_values) as allowed"
        " from identity.identity_clusters inner join identity.identifiers using (identifier_id)"
        " inner join identity.identifier_type_limits using (identifier_type)"
        " where direction = 'per_customer' and window_days is null group by all"
    )
    assert rows(built, f"select * from ({counts}) where n > allowed") == set()
    assert rows(built, f"select max(n) from ({counts})") == {(2,)}
    assert len(rows(built, REFUSED)) > 20


def test_the_tablet_is_found_although_its_column_says_that_it_is_a_person(built: Scratch) -> None:
    hubs = rows(built, "select identifier_type, identifier_value, reason from identity.blocked_identifiers")
    assert hubs == {("user_id", "U-tablet", "hub")}


def test_every_record_has_at_most_one_customer_and_none_is_lost(built: Scratch) -> None:
    [(records, distinct)] = rows(built, f"select count(*), count(distinct record_id) from ({RECORDS})")
    [(observed,)] = rows(built, "select count(distinct record_id) from raw.observations")
    assert records == distinct == observed
