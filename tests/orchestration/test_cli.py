"""The command line as somebody sees it who asks what there is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestration.cli import main
from warehouse import Settings, connect


def said(*arguments: str) -> str:
    return CliRunner().invoke(main, arguments, terminal_width=80).output


def test_each_verb_is_told_in_a_whole_sentence_on_a_terminal_of_80_columns() -> None:
    verbs = said("--help").split("Commands:\n")[1].splitlines()
    assert len(verbs) == len(main.commands)
    assert [line for line in verbs if not line.endswith(".") or line.endswith("...")] == []


def test_the_help_of_plan_names_each_of_its_options() -> None:
    assert all(option in said("plan", "--help") for option in ("--segment NAME", "--save FILE", "--json", "[SYNCS]"))


def test_a_preview_of_a_segment_takes_neither_syncs_nor_a_file() -> None:
    for more in (["sync_a"], ["--save", "plans.json"]):
        result = CliRunner().invoke(main, ["plan", "--segment", "win_back", *more])
        assert result.exit_code == 2
        assert "name it alone" in result.output


def holds(process: int, path: Path) -> bool:
    descriptors = Path(f"/proc/{process}/fd")
    return any(one.resolve() == path for one in descriptors.iterdir())


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="it is seen there that the command waits")
def test_ctrl_c_is_a_sentence_and_exit_code_130(tmp_path: Path) -> None:
    settings = Settings(tmp_path, tmp_path, tmp_path / "destinations.toml")
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever started the tests may ignore it
    command = [sys.executable, "-c", "from orchestration.cli import main; main(['results'])"]
    with connect(settings):  # so that it waits for its turn
        environment = {**os.environ, "KINDRED_HOME": str(tmp_path)}
        with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
            while not holds(process.pid, tmp_path / "kindred.lock"):
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            assert process.communicate(timeout=60)[1] == "Stopped: run it again to go on.\n"
    assert process.returncode == 130
