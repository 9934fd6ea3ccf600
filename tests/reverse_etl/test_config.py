"""Mistakes in destinations.toml and in the environment are found before the first request, all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reverse_etl import check_configuration
from reverse_etl._config import load_destinations, with_secrets
from reverse_etl._tables import syncs_of
from reverse_etl.destinations import KINDS
from warehouse import KindredError

if TYPE_CHECKING:
    from reverse_etl.receiver import Receiver
    from tests.reverse_etl.conftest import World


def test_every_mistake_is_named_at_once_with_its_field(world: World) -> None:
    world.settings.destinations.write_text(
        '[one]\ntype = "webhok"\n'
        '[two]\ntype = "webhook"\nurl = "http://example.com"\nsecret_env = "X"\nbatch_size = 0\n'
        '[three]\ntype = "webhook"\nurl = 5\nbatchsize = 10\ntimeout_seconds = true\n'
        '[four]\ntype = "files"\ndirectory = ""\n'
    )
    with pytest.raises(KindredError) as caught:
        load_destinations(world.settings.destinations)
    said = str(caught.value)
    for expected in (
        f"[one] type: must be one of {', '.join(sorted(KINDS))}.",
        "[two] url: must begin with https://",
        "[two] batch_size: must be above 0",
        "[three] url: must be text",
        "[three] batchsize: there is no such field",
        "[three] timeout_seconds: must be a number",
        "[three] secret_env: is missing",
        "[four] directory: must name a folder",
    ):
        assert expected in said
    assert all(str(world.settings.destinations) in line for line in said.splitlines())


@pytest.mark.parametrize("text", ["[broken", '[a]\ntype = ["files"]', "a = 1", "\xff"])
def test_a_file_that_is_no_configuration_is_one_clear_error(world: World, text: str) -> None:
    world.settings.destinations.write_bytes(text.encode("latin-1"))
    with pytest.raises(KindredError, match=r"destinations\.toml"):
        load_destinations(world.settings.destinations)


def test_a_missing_file_says_what_to_do(world: World) -> None:
    world.settings.destinations.unlink()
    with pytest.raises(KindredError, match="KINDRED_DESTINATIONS"):
        load_destinations(world.settings.destinations)


def test_one_error_names_every_missing_secret_and_an_empty_one_is_missing(world: World) -> None:
    table = '[{0}]\ntype = "webhook"\nurl = "https://example.com"\nsecret_env = "{0}_SECRET"\n'
    world.settings.destinations.write_text(table.format("a") + table.format("b") + table.format("c"))
    configured = load_destinations(world.settings.destinations)
    with pytest.raises(KindredError, match=r"a_SECRET \(for \[a\]\), b_SECRET \(for \[b\]\)\."):
        with_secrets(configured.values(), {"b_SECRET": "", "c_SECRET": "there"})


def test_a_secret_is_never_printed(world: World) -> None:
    world.configure()
    found = with_secrets(load_destinations(world.settings.destinations).values(), world.environment)
    assert "a secret for tests" not in repr(found)


def test_nothing_is_sent_when_a_secret_is_missing(world: World, receiver: Receiver) -> None:
    world.want(world.people("ana"))
    world.environment.clear()
    with pytest.raises(KindredError, match="KINDRED_WEBHOOK_SECRET"):
        world.run()
    assert not receiver.received
    assert world.outcomes() == []


def test_a_sync_whose_destination_is_not_configured_is_an_error(world: World) -> None:
    world.settings.destinations.write_text('[demo_files]\ntype = "files"\n')
    with pytest.raises(KindredError, match=r"\[demo_webhook\] is missing; the sync sync_demo_webhook__cart_abandoners"):
        check_configuration(world.settings, (), world.environment)


def test_everything_that_is_wrong_is_said_at_once_table_secret_key_and_field(world: World) -> None:
    world.settings.destinations.write_text(
        '[demo_files]\ntype = "files"\n'
        '[demo_webhook]\ntype = "sendgrid"\ntoken_env = "NOT_SET"\nlist_id = "ca1b40cd-8d5b-4b0c-9d5b-2f6f5a4f2a01"\n'
        '[unused]\ntype = "webhok"\n'
    )
    world.sql("update activation.syncs set payload_fields = 'operation' where destination = 'demo_files'")
    world.sql("update activation.syncs set key_type = 'shoe_size' where destination = 'demo_webhook'")
    world.sql(
        "insert into activation.syncs by name select * replace ('another' as sync, 'nowhere' as destination)"
        " from activation.syncs limit 1"
    )
    with pytest.raises(KindredError) as caught:
        check_configuration(world.settings, (), world.environment)
    said = str(caught.value).splitlines()
    assert [
        any(words in line for line in said)
        for words in (
            "[unused] type: must be one of",
            "[nowhere] is missing; the sync another",
            "NOT_SET (for [demo_webhook])",
            "key: demo_webhook takes",
            "has a payload column operation",
        )
    ] == [True] * 5, said
    assert len(said) == 5


def test_an_unknown_sync_is_an_error_that_names_the_known_ones(world: World) -> None:
    with pytest.raises(KindredError, match=f"no sync nothing .*{world.FILES}"):
        world.run("nothing")


def test_whoever_names_a_segment_is_told_its_syncs(world: World) -> None:
    (segment,) = {name for (name,) in world.sql("select segment from activation.syncs where sync = ?", [world.FILES])}
    with pytest.raises(KindredError, match=f"no sync {segment} .*the segment goes out as .*{world.FILES}"):
        world.run(str(segment))
    with pytest.raises(KindredError, match=f"no sync {segment}, nothing .*there are: .*{world.FILES}"):
        syncs_of(world.settings, (str(segment), "nothing"))


def test_a_warehouse_without_the_tables_says_what_to_do(world: World) -> None:
    world.sql("drop view activation.pending_records")
    with pytest.raises(KindredError, match=r"no table activation\.pending_records: run `kindred run` first"):
        world.run()


def test_no_warehouse_at_all_says_what_to_do(world: World) -> None:
    world.settings.database.unlink()
    with pytest.raises(KindredError, match="kindred run"):
        world.plan()
