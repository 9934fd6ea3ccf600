"""`kindred ui`: Dagster's two processes, and the demo's receiver, so that a sync can be started from the page."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestration.dagster_home import prepare
from orchestration.dbt import Dbt
from orchestration.destinations import local_receiver
from warehouse import KindredError

if TYPE_CHECKING:
    from warehouse import Settings

_MODULE = ("-m", "orchestration.workspace")
_GRACE_SECONDS = 10


def serve(settings: Settings, port: int) -> int:
    """Serve until somebody interrupts, or one of the two processes ends.

    Raises:
        KindredError: the port is taken, or the project cannot be read.
    """
    prepare(settings)
    _check_port(port)
    Dbt(settings).manifest()
    with local_receiver(settings):
        processes = [_start("dagster-webserver", *_MODULE, "-h", "127.0.0.1", "-p", str(port)), _start_daemon()]
        click.echo(f"Dagster is at http://127.0.0.1:{port} in a moment; stop it with Ctrl-C.")
        try:
            return _wait(processes)
        finally:
            _stop(processes)


def _check_port(port: int) -> None:
    import socket  # noqa: PLC0415

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise KindredError(
                f"Port {port} cannot be listened on ({error.strerror}): choose another with --port."
            ) from error


def _start_daemon() -> subprocess.Popen[bytes]:
    return _start("dagster-daemon", "run", *_MODULE)


def _start(program: str, *arguments: str) -> subprocess.Popen[bytes]:
    path = Path(sys.executable).with_name(program)
    return subprocess.Popen([str(path), *arguments, "--log-level", "warning"])  # noqa: S603 - our own


def _wait(processes: list[subprocess.Popen[bytes]]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
    except KeyboardInterrupt:
        return 0
    return 1


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.send_signal(signal.SIGINT)
    for process in processes:
        try:
            process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
