"""The outbox in each of its places: this machine's disk, S3 (moto's server) and SFTP (OpenSSH's server)."""

from __future__ import annotations

import csv
import hashlib
import json
import logging
import signal
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reverse_etl._errors import RetryLater, StopDelivery
from reverse_etl._records import ACCEPTED
from reverse_etl.destinations import _outbox
from reverse_etl.destinations._contract import Patience
from reverse_etl.destinations._local_store import LocalDraft, LocalStore
from reverse_etl.destinations._outbox import held
from tests.reverse_etl.destinations.outbox.places import (
    S3,
    Disk,
    Place,
)
from tests.reverse_etl.destinations.sending import SYNC, add, batches, everything, remove, run, send, update
from tests.reverse_etl.destinations.servers import free_port
from warehouse import KindredError

if TYPE_CHECKING:
    from pathlib import Path

    from reverse_etl.destinations._contract import Transport
    from tests.reverse_etl.conftest import World

_FIRST, _SECOND, _THIRD = (run(f"20260702T06000{n}000000Z-0000000{n}") for n in (1, 2, 3))


def test_a_reader_holds_the_audience_after_adds_updates_and_removals(place: Place) -> None:
    send(place.open(_FIRST), [add("ana", name="Ana", spent=1), add("ben", name="Ben"), add("cem", name="Cem")], _FIRST)
    send(
        place.open(_SECOND),
        [update("ana", name="O'Brien 🦊\n", spent=None), remove("ben"), remove("never there")],
        _SECOND,
    )
    send(place.open(_THIRD), [add("ben", name="again"), remove("cem")], _THIRD)
    wanted = {"ana": {"name": "O'Brien 🦊\n", "spent": ""}, "ben": {"name": "again", "spent": ""}}
    assert place.held() == wanted
    assert everything(place.open(_THIRD)) == wanted


def test_whole_runs_keep_the_place_equal_to_the_audience(place: Place, world: World) -> None:
    lines = [f"{name} = {json.dumps(value)}" for name, value in place.settings.items()]
    world.settings.destinations.write_text("\n".join(["[demo_files]", f'type = "{place.kind}"', *lines]))
    world.environment.update({place.settings[f"{name}_env"]: value for name, value in place.secrets.items()})
    for audience in (world.people("ana", "ben", n=1), world.people("ben", "cem", n=1), world.people("ben", n=2), {}):
        world.want(audience, sync=world.FILES)
        result = world.run(world.FILES, accept=frozenset({"empty_audience"}))
        assert (result.status, result.message) == ("succeeded", None)
        wanted = {key: {name: str(value) for name, value in fields.items()} for key, fields in audience.items()}
        assert held(place.root() / world.FILES) == wanted


def test_the_manifest_says_what_each_file_holds(place: Place) -> None:
    send(place.open(_FIRST), [add("ana", name="Ana"), add("ben", name="Ben"), remove("cem")], _FIRST)
    assert place.names() == {f"{_FIRST.run_id}/{name}" for name in ("add.csv", "remove.csv", "manifest.json")}
    folder = place.root() / SYNC / _FIRST.run_id
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["run_id"], manifest["sync"], manifest["columns"]) == (_FIRST.run_id, SYNC, ["name", "spent"])
    assert [(one["name"], one["rows"]) for one in manifest["files"]] == [("remove.csv", 1), ("add.csv", 2)]
    for one in manifest["files"]:
        assert hashlib.sha256((folder / one["name"]).read_bytes()).hexdigest() == one["sha256"]


def test_everybody_is_pending_until_the_manifest_is_there(place: Place) -> None:
    said = send(place.open(_FIRST), [add("ana"), remove("ben")], _FIRST)
    assert {(one.verdict, one.reason) for one in said.values()} == {("pending", _FIRST.run_id)}
    asked = send(place.open(_SECOND), [add("ana"), remove("ben")], _SECOND, job=_FIRST.run_id)
    assert set(asked.values()) == {ACCEPTED}


def test_nothing_is_there_before_the_end(place: Place) -> None:
    seen: list[set[str]] = []
    send(place.open(_FIRST), [add("ana")], _FIRST, before_finish=lambda _transport: seen.append(_named(place)))
    assert (seen, place.held().keys()) == ([set()], {"ana"})


def test_a_run_that_dies_before_the_end_leaves_nothing_and_is_taken_back(place: Place) -> None:
    with pytest.raises(KeyboardInterrupt):
        send(place.open(_FIRST), [add("ana")], _FIRST, before_finish=_interrupt)
    assert (_named(place), place.held()) == (set(), {})
    asked = send(place.open(_SECOND), [add("ana")], _SECOND, job=_FIRST.run_id)
    assert (asked["ana"].verdict, asked["ana"].reason) == ("retryable", "the run ended before its manifest was written")
    send(place.open(_SECOND), [add("ana")], _SECOND)
    assert place.held().keys() == {"ana"}


def test_a_run_that_dies_just_before_its_manifest_is_taken_back_when_it_is_asked_about(place: Place) -> None:
    place.put(f"{_FIRST.run_id}/add.csv", "operation,record_key,name,spent\nadd,ana,Ana,1\n")
    place.put(f"{_FIRST.run_id}/remove.csv", "operation,record_key\n")
    assert (place.held(), everything(place.open(_SECOND))) == ({}, {})
    asked = send(place.open(_SECOND), [add("ana")], _SECOND, job=_FIRST.run_id)
    assert (asked["ana"].verdict, place.names()) == ("retryable", set())


def test_what_is_complete_is_never_taken_back(place: Place) -> None:
    send(place.open(_FIRST), [add("ana")], _FIRST)
    before = place.names()
    send(place.open(_SECOND), [add("ana")], _SECOND, job=_FIRST.run_id)
    assert place.names() == before


def test_two_runs_of_other_syncs_do_not_touch_each_other(place: Place) -> None:
    other = run()
    other = type(other)(other.run_id, "sync_place__others", "place", "build-1", ("name",))
    send(place.open(other), [add("zoe", name="Zoe")], other)
    send(place.open(_FIRST), [add("ana")], _FIRST)
    asked = send(place.open(_SECOND), [add("ana")], _SECOND, job="20260101T000000000000Z-never")
    assert asked["ana"].verdict == "retryable"
    assert everything(place.open(other)).keys() == {"zoe"}


def test_a_cell_that_a_spreadsheet_would_run_is_neutralised_and_reads_back(place: Place) -> None:
    texts = ["=1+1", "+49170", "-1", "@sum", "\tx", "\rx", "'=x"]
    send(place.open(_FIRST), [add(text, name=text, spent=-5) for text in texts], _FIRST)
    with (place.root() / SYNC / _FIRST.run_id / "add.csv").open(newline="") as file:
        cells = [cell for row in list(csv.reader(file))[1:] for cell in row]
    assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r") and cell != "-5"]
    assert place.held() == {text: {"name": text, "spent": "-5"} for text in texts}
    assert everything(place.open(_FIRST)) == place.held()


def test_text_that_utf_8_cannot_say_is_refused_alone(place: Place) -> None:
    said = send(place.open(_FIRST), [add("ana", name="\ud83e"), add("ben", name="🦊"), add("cem", other=1)], _FIRST)
    assert {key: one.verdict for key, one in said.items()} == {"ana": "rejected", "ben": "pending", "cem": "rejected"}
    assert place.held() == {"ben": {"name": "🦊", "spent": ""}}


def test_numbers_are_exact(place: Place) -> None:
    exact = '{"name":"Ana","spent":12345678901234567890.12345678901234567890}'
    send(place.open(_FIRST), [add("ana")._replace(payload=exact)], _FIRST)
    assert place.held()["ana"]["spent"] == "12345678901234567890.12345678901234567890"


def test_it_is_read_back_in_pages(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_outbox, "_PAGE", 3)
    keys = [f"key-{number}" for number in range(7)]
    send(place.open(_FIRST), [add(key) for key in keys], _FIRST)
    assert list(everything(place.open(_FIRST))) == keys


def test_a_manifest_whose_answer_was_lost_keeps_its_files(tmp_path: Path) -> None:
    opened = _outbox.outbox_destination("place", _FIRST, lambda: _Losing(tmp_path), spreadsheet_safe=True)
    with pytest.raises(StopDelivery, match="were not completed: no answer"):
        send(opened, [add("ana")], _FIRST)
    assert held(tmp_path).keys() == {"ana"}
    assert send(opened, [add("ana")], _SECOND, job=_FIRST.run_id) == {"ana": ACCEPTED}


def test_a_run_without_rows_leaves_nothing(place: Place) -> None:
    assert send(place.open(_FIRST), [], _FIRST) == {}
    assert (place.names(), place.held(), everything(place.open(_FIRST))) == (set(), {}, {})


@pytest.mark.parametrize("place", ["s3", "sftp"], indirect=True)
def test_a_server_that_dies_in_the_middle_took_nothing_that_counts(place: Place) -> None:
    assert place.server
    server, opened = place.server, place.open(_FIRST)
    first, second = (batches(_FIRST, [add(f"{n}-{one}", name="x" * 1000) for one in range(12_000)])[0] for n in (1, 2))
    with opened.connect() as transport:
        transport.send(opened.add[0].build_request(first))
        server.kill()
        try:
            for _time in range(2):  # a pipelined write may be told of the end only by the next one
                with pytest.raises(StopDelivery, match="nothing of this run counts"):
                    transport.send(opened.add[0].build_request(second))
        finally:
            server.start()
        transport.finish()
    if isinstance(place, S3):
        place.client.create_bucket(
            Bucket=place.settings["bucket"], CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
    assert (_named(place), place.held()) == (set(), {})
    asked = send(place.open(_SECOND), [add("1-1")], _SECOND, job=_FIRST.run_id)
    assert asked["1-1"].verdict == "retryable"
    send(place.open(_SECOND), [add("ana")], _SECOND)
    assert (place.held().keys(), place.names()) == (
        {"ana"},
        {f"{_SECOND.run_id}/{name}" for name in ("add.csv", "remove.csv", "manifest.json")},
    )


@pytest.mark.parametrize("place", ["s3", "sftp"], indirect=True)
def test_a_server_that_hangs_at_the_end_is_left_and_the_next_run_finds_out(place: Place) -> None:
    assert place.server
    opened = place.open(_FIRST, timeout_seconds=1.0)
    with pytest.raises(StopDelivery, match="were not completed"):
        send(opened, [add("ana")], _FIRST, before_finish=lambda _transport: place.server.signal(signal.SIGSTOP))  # type: ignore[union-attr]
    place.server.signal(signal.SIGCONT)
    asked = send(place.open(_SECOND), [add("ana")], _SECOND, job=_FIRST.run_id)
    assert asked["ana"].verdict == ("accepted" if place.held() else "retryable")


@pytest.mark.parametrize("place", ["s3", "sftp"], indirect=True)
def test_nobody_listens(place: Place) -> None:
    port = free_port()
    settings = {"endpoint_url": f"http://127.0.0.1:{port}"} if isinstance(place, S3) else {"port": port}
    opened = place.open(_FIRST, **settings)
    (batch,) = batches(_FIRST, [add("ana@example.com")])
    with opened.connect() as transport, pytest.raises(RetryLater, match=r"^no (connection|answer)"):
        transport.send(opened.add[0].build_request(batch))


@pytest.mark.parametrize("place", ["s3", "sftp"], indirect=True)
def test_a_run_that_cannot_be_asked_about_may_have_been_completed(place: Place) -> None:
    # Never `retryable`: whoever then leaves the audience would be left behind at the destination.
    wrong = {"bucket": "there-is-none"} if isinstance(place, S3) else {"user": "stranger"}
    opened = replace(place.open(_SECOND, **wrong), patience=Patience(attempts=1))
    asked = send(opened, [add("ana")], _SECOND, job=_FIRST.run_id)
    assert asked["ana"].verdict == "unknown"
    assert str(asked["ana"].reason).startswith("whether that run was completed is not known: ")


def test_no_personal_data_in_what_is_logged(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    send(place.open(_FIRST), [add("ana@example.com", name="Ana Secret"), remove("ben@example.com")], _FIRST)
    assert not [one for one in ("example.com", "Secret") if one in caplog.text]


def test_one_line_says_how_to_install_a_library_that_is_missing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    library = {"s3": "boto3", "sftp": "paramiko"}.get(place.kind)
    for name in [one for one in sys.modules if one.startswith("reverse_etl.destinations._s") and "_stores" not in one]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library or "boto3", None)
    if library:
        with pytest.raises(
            KindredError, match=rf"needs the package {library}: .* pip install 'kindred\[{place.kind}\]'"
        ):
            place.open(_FIRST)
    else:
        place.open(_FIRST)


def test_a_file_of_somebody_else_is_not_replaced(place: Place) -> None:
    if isinstance(place, Disk):
        pytest.skip("a rename on this machine replaces; the names of runs are ours")
    place.put(f"{_FIRST.run_id}/manifest.json", "theirs")
    with pytest.raises(StopDelivery, match="refuses"):
        send(place.open(_FIRST), [add("ana")], _FIRST)
    assert (place.root() / SYNC / _FIRST.run_id / "manifest.json").read_text() == "theirs"


def test_drafts_that_a_dead_run_left_are_removed_by_the_next_one(place: Place) -> None:
    if isinstance(place, S3):
        pytest.skip("drafts are uploads there")
    place.put(f".partial/{_FIRST.run_id}.add.csv", "operation,record_key\n")
    send(place.open(_SECOND), [add("ana")], _SECOND)
    assert {name.partition("/")[0] for name in place.names()} == {_SECOND.run_id}


class _Losing(LocalStore):
    """A folder whose answer about the manifest never comes."""

    def draft(self, name: str) -> LocalDraft:
        made = super().draft(name)
        return _LosingDraft(**vars(made)) if name.endswith("manifest.json") else made


class _LosingDraft(LocalDraft):
    def publish(self) -> None:
        super().publish()
        raise RetryLater("no answer")


def _named(place: Place) -> set[str]:
    return {name for name in place.names() if not name.startswith(".partial/")}


def _interrupt(_transport: Transport) -> None:
    raise KeyboardInterrupt
