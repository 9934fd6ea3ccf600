from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reverse_etl.destinations.outbox.places import (
    S3,
    Disk,
    Place,
    Sftp,
    s3_place,
    s3_server,
    sftp_place,
    sftp_server,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.reverse_etl.destinations.servers import Server


@pytest.fixture(scope="session")
def openssh() -> Iterator[tuple[Server, Path]]:
    with sftp_server() as started:
        yield started


@pytest.fixture(scope="session")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with s3_server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def sftp(openssh: tuple[Server, Path]) -> Sftp:
    return sftp_place(*openssh)


@pytest.fixture
def s3(moto: Server, tmp_path: Path) -> S3:
    return s3_place(moto, tmp_path)


@pytest.fixture(params=["disk", "s3", "sftp"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "disk":
        return Disk(tmp_path, {"directory": str(tmp_path)})
    found: Place = request.getfixturevalue(request.param)
    return found
