"""The command line as somebody sees it who asks what there is."""

from __future__ import annotations

from click.testing import CliRunner

from orchestration.cli import main


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
