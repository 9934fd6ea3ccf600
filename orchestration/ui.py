"""`kindred ui`: Dagster's two processes, and the demo's receiver, so that a sync can be started from the page."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, NoReturn

import click

from orchestration.dagster_home import instance, prepare
from orchestration.dbt import Dbt
from orchestration.destinations import local_receiver
from orchestration.registry import write_registry
from warehouse import KindredError

if TYPE_CHECKING:
    from warehouse import Settings

_MODULE = ("-m", "orchestration.workspace")
_GRACE_SECONDS = 10
_PATIENCE_SECONDS = 120


def serve(settings: Settings, port: int) -> int:
    """Serve until somebody interrupts, or one of the two processes ends.

    Raises:
        KindredError: the port is taken, the project cannot be read, or Dagster does not come up.
    """
    log = prepare(settings) / "ui.log"
    _check_port(port)
    # Made here, as two processes that find no history would both make it, and one of them would fail.
    instance(settings).dispose()
    click.echo("Reading the project ...")
    write_registry(settings)
    Dbt(settings).manifest()
    with local_receiver(settings), log.open("w") as output:
        processes = [
            _start(output, "dagster-webserver", *_MODULE, "-h", "127.0.0.1", "-p", str(port)),
            _start(output, "dagster-daemon", "run", *_MODULE),
        ]
        try:
            _wait_until_up(processes, port, log)
            click.echo(f"Dagster is at http://127.0.0.1:{port} (log: {log}); stop it with Ctrl-C.")
            _wait(processes, log)
        except KeyboardInterrupt:
            return 0
        finally:
            _stop(processes)


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise KindredError(
                f"Port {port} cannot be listened on ({error.strerror}): choose another with --port."
            ) from error


def _start(output: IO[str], program: str, *arguments: str) -> subprocess.Popen[bytes]:
    path = Path(sys.executable).with_name(program)
    command = [str(path), *arguments, "--log-level", "warning"]
    return subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)  # noqa: S603 - our own


def _wait_until_up(processes: list[subprocess.Popen[bytes]], port: int, log: Path) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not _listens(port):
        if time.monotonic() > deadline or any(process.poll() is not None for process in processes):
            raise KindredError(f"Dagster does not come up: {log} says why.")
        time.sleep(0.3)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait(processes: list[subprocess.Popen[bytes]], log: Path) -> NoReturn:
    while all(process.poll() is None for process in processes):
        time.sleep(0.5)
    raise KindredError(f"Dagster has stopped: {log} says why.")


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
