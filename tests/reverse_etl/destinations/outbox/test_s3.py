"""What only S3 can do wrong, against moto's server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from reverse_etl.destinations import _s3_store
from tests.reverse_etl.destinations.outbox.places import S3, s3_place, s3_server
from tests.reverse_etl.destinations.sending import SYNC, add, batches, everything, run, send

if TYPE_CHECKING:
    from pathlib import Path


_FIRST, _SECOND = (run(f"20260702T06000{n}000000Z-0000000{n}") for n in (1, 2))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [({"bucket": "there-is-none"}, "the bucket does not exist")],
)
def test_what_a_person_has_to_change_about_s3_is_one_sentence(s3: S3, settings: dict[str, str], sentence: str) -> None:
    said = send(s3.open(_FIRST, **settings), [add("ana@example.com")], _FIRST)
    assert said["ana@example.com"].verdict == "retryable"
    assert re.search(sentence, str(said["stop"].reason))


def test_wrong_credentials_of_s3_are_one_sentence(tmp_path: Path) -> None:
    with s3_server(tmp_path, INITIAL_NO_AUTH_ACTION_COUNT="1") as server:
        place = s3_place(server, tmp_path)
        said = send(place.open(_FIRST), [add("ana@example.com")], _FIRST)
    assert said["ana@example.com"].verdict == "retryable"
    assert "the access key does not exist" in str(said["stop"].reason)


def test_credentials_of_s3_that_are_nowhere_are_one_sentence(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    s3.secrets = {}
    said = send(s3.open(_FIRST, access_key_env="", secret_key_env=""), [add("ana")], _FIRST)
    assert "Unable to locate credentials" in str(said["stop"].reason)


def test_a_large_file_goes_up_in_parts_and_no_more_than_one_is_in_memory(s3: S3) -> None:
    opened, most = s3.open(_FIRST), 0
    with opened.connect() as transport:
        for piece in range(18):
            (batch,) = batches(_FIRST, [add(f"{piece}-{n}", name="x" * 1000) for n in range(1000)])
            transport.send(opened.add[0].build_request(batch))
            files = transport.files.values()  # type: ignore[attr-defined]
            most = max([most, *(len(file.draft.waiting) for file in files)])
        assert (s3.names(), len(s3.uploads())) == (set(), 1)
        transport.finish()
    assert (most <= _s3_store._PART, s3.uploads(), len(s3.held())) == (True, [], 18_000)
    head = s3.client.head_object(Bucket=s3.settings["bucket"], Key=f"kindred/audiences/{SYNC}/{_FIRST.run_id}/add.csv")
    assert head["ETag"].strip('"').endswith("-3")
    assert len(everything(opened)) == 18_000


def test_uploads_that_a_dead_run_left_are_aborted_by_the_next_one(s3: S3) -> None:
    where = {"Bucket": s3.settings["bucket"], "Key": f"kindred/audiences/{SYNC}/{_FIRST.run_id}/add.csv"}
    s3.client.create_multipart_upload(**where)
    others = {**where, "Key": "kindred/audiences/another_sync/run/add.csv"}
    s3.client.create_multipart_upload(**others)
    send(s3.open(_SECOND), [add("ana")], _SECOND)
    assert s3.uploads() == [others["Key"]]
