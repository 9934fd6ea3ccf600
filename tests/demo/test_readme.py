from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

import demo
from demo import Mess
from demo.options import KINDS
from demo.truth import TRUTH

_FOLDER = Path(demo.__file__).parent
_README = (_FOLDER / "README.md").read_text()


def test_the_table_of_mess_says_what_the_code_does_in_the_same_order() -> None:
    listed = re.findall(r"^\| `(\w+)` \| ([0-9.]+) \|", _README, re.MULTILINE)
    assert {name: float(rate) for name, rate in listed} == asdict(Mess())
    assert [name for name, _ in listed] == list(KINDS[1:])


def test_every_truth_table_and_every_file_is_named() -> None:
    assert set(TRUTH) <= set(re.findall(r"^\| `(\w+)` \| [a-z]", _README, re.MULTILINE))
    folders = {f"{path.name}/" for path in _FOLDER.iterdir() if path.is_dir() and path.name != "__pycache__"}
    files = {path.name for path in _FOLDER.glob("*.py") if not path.name.startswith("__")}
    assert {name for name in files | folders if f"`{name}`" not in _README} == set()
