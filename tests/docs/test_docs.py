"""The documents say what is there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import click
import pytest

from orchestration.cli import main
from orchestration.registry import FEEDS

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
DOCUMENTS = [
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
]


def test_readme_shows_every_folder_and_no_other() -> None:
    shown = set(re.findall(r"^\| `(\w+)/` \|", README, re.MULTILINE))
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    folders = {line.split("/")[0] for line in tracked.splitlines() if "/" in line}
    assert shown == {folder for folder in folders if not folder.startswith(".")}


def test_readme_shows_every_verb_of_the_command_line_and_no_other() -> None:
    assert isinstance(main, click.Group)
    assert set(re.findall(r"^\| `kindred (\w+)` \|", README, re.MULTILINE)) == set(main.commands)


def test_every_make_target_that_a_document_names_exists() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        target
        for path in DOCUMENTS
        for target in re.findall(r"(?:^    |`)make ([a-z]+)", path.read_text(), re.MULTILINE)
    }
    assert named <= targets


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    for link in re.findall(r"\]\((?!http)([^)#]+)", path.read_text()):
        assert (path.parent / link).exists(), link


def test_the_registry_knows_every_feed() -> None:
    macro = (ROOT / "dbt_project" / "macros" / "feeds.sql").read_text()
    assert set(re.findall(r"^        '(\w+)': \{", macro, re.MULTILINE)) == set(FEEDS)
