"""What the commands do, once the command line is read."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from orchestration.progress import Reporter
from warehouse import INTERRUPTED, KindredError
from warehouse.page import page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from orchestration.pipeline import RunOutcome
    from orchestration.summary import Summary
    from warehouse import Settings


@contextlib.contextmanager
def _stopped_by_ctrl_c(what_stands: str) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        click.echo(f"Stopped. {what_stands}", err=True)
        os._exit(INTERRUPTED)  # dbt works in a thread that cannot be asked to stop


def run(settings: Settings, people: int, seed: int, *, as_json: bool) -> int:
    """Run the pipeline and print the page, or what went wrong.

    Returns:
        The exit code.
    """
    from orchestration.dbt import Dbt  # noqa: PLC0415 - each command imports what it needs
    from orchestration.normalise import spelling_rules  # noqa: PLC0415
    from orchestration.render import render_summary  # noqa: PLC0415
    from orchestration.run import DemoSize, run_pipeline  # noqa: PLC0415
    from orchestration.summary import summarise  # noqa: PLC0415

    with _stopped_by_ctrl_c("Whatever was not finished was rolled back; run it again to go on."):
        outcome = run_pipeline(settings, DemoSize(people, seed), Reporter())
    built = not outcome.stopped_early
    summary = summarise(settings, Dbt(settings).manifest()) if built else None
    if built:
        with contextlib.suppress(KindredError):  # the first look-up need not wait for dbt then, which is at hand now
            spelling_rules(settings)
    if as_json:
        click.echo(_json_of(outcome, summary))
    elif summary:
        page().print(render_summary(summary, settings), highlight=False)
    for sentence in (*(f"Warning: {one}" for one in outcome.warnings), *outcome.failures):
        click.echo(sentence, err=True)
    return 1 if outcome.failures else 0


def _show(content: object, *pages: RenderableType, as_json: bool) -> None:
    """Print the content for a script, or the pages that say the same to a person."""
    if as_json:
        click.echo(json.dumps(content, default=str, ensure_ascii=False, indent=2))
        return
    for one in pages:
        page().print(one, highlight=False)


def _json_of(outcome: RunOutcome, summary: Summary | None) -> str:
    content = {"run": dataclasses.asdict(outcome), "summary": dataclasses.asdict(summary) if summary else None}
    return json.dumps(content, default=str, ensure_ascii=False, indent=2)


def make_people(settings: Settings, people: int, seed: int, mess: tuple[str, ...]) -> None:
    """Make the demo's people, load them, and say how many rows there are."""
    from expectations import forget_history  # noqa: PLC0415
    from orchestration.run import DemoSize, make_demo  # noqa: PLC0415

    rows = make_demo(settings, DemoSize(people, seed), Reporter(), mess)
    forget_history(settings)  # these are other people: their number says nothing about the last ones'
    for table, count in rows.items():
        click.echo(f"{table:<22}{count:>12,}")
    click.echo("Next: kindred run")


def show_cards(settings: Settings, identifier: str, *, with_all_traits: bool, as_json: bool) -> None:
    """Print the cards of everybody whom the identifier names."""
    from orchestration.card import render_card  # noqa: PLC0415
    from orchestration.lookup import lookup, to_json  # noqa: PLC0415

    cards = lookup(settings, identifier)
    if as_json:
        click.echo(to_json(cards))
        return
    for card in cards:
        page().print(render_card(card, with_all_traits=with_all_traits), highlight=False)


def show_why(settings: Settings, one: str, other: str | None, *, as_json: bool) -> None:
    """Print why two names are one customer, or are not, or how the customer of one name hangs together."""
    from orchestration.names import reading  # noqa: PLC0415
    from orchestration.why import to_json, why  # noqa: PLC0415
    from orchestration.why_page import render_why  # noqa: PLC0415

    with reading(settings) as reader:
        answer = why(reader, one, other)
    _show(to_json(answer), render_why(answer), as_json=as_json)


def show_explanation(settings: Settings, customer: str, segment: str, *, as_json: bool) -> None:
    """Print why a customer is in a segment or is not."""
    from orchestration.explain import explain, to_json  # noqa: PLC0415
    from orchestration.explain_page import render_explanation  # noqa: PLC0415

    explanations = explain(settings, customer, segment)
    _show(to_json(explanations), *(render_explanation(one) for one in explanations), as_json=as_json)


def show_rehearsal(settings: Settings, *, as_json: bool) -> None:
    """Print what the project as it stands now would change."""
    from orchestration.rehearsal import rehearse  # noqa: PLC0415
    from orchestration.rehearsal_page import render_changes  # noqa: PLC0415

    with _stopped_by_ctrl_c("The copy is gone; the warehouse is as it was."):
        changes = rehearse(settings, Reporter())
    _show(dataclasses.asdict(changes), render_changes(changes), as_json=as_json)


def show_preview(settings: Settings, segment: str, *, as_json: bool) -> None:
    """Print what an edited segment would change."""
    from orchestration.preview import preview  # noqa: PLC0415
    from orchestration.preview_page import render_preview  # noqa: PLC0415

    found = preview(settings, segment)
    _show(dataclasses.asdict(found), render_preview(found), as_json=as_json)


def show_results(settings: Settings, *, as_json: bool) -> None:
    """Print what each experiment brought."""
    from orchestration.results import read_results, render_results  # noqa: PLC0415

    found = read_results(settings)
    _show(found, render_results(found), as_json=as_json)


def show_day(settings: Settings, text: str, *, as_json: bool) -> None:
    """Build a past day, and say where its file is."""
    from orchestration.assets.days import show_in_ui  # noqa: PLC0415
    from orchestration.days import parse_day  # noqa: PLC0415
    from orchestration.past_day import build_day  # noqa: PLC0415

    day = parse_day(text, datetime.now(UTC))
    with _stopped_by_ctrl_c("What was not finished is gone; the warehouse is as it was."):
        built = build_day(settings, day, Reporter())
    if day.is_whole:
        show_in_ui(settings, day, built)
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(built), default=str, indent=2))
        return
    click.echo(f"{built.customers:,} customers as of {built.as_of}")
    for segment, members in built.segments.items():
        click.echo(f"{segment:<24}{members:>12,}")
    click.echo(f"In a DuckDB client: attach '{built.file}' as day (read_only); from day.customer_360.customers;")


def show_findings(settings: Settings, *, as_json: bool) -> int:
    """Print what was looked at; the exit code says whether something is missing."""
    from orchestration.doctor import examine  # noqa: PLC0415

    findings = examine(settings)
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(one) for one in findings], indent=2))
    else:
        for one in findings:
            click.echo(f"{'ok     ' if one.ok else 'MISSING'}  {one.what:<13} {one.detail}")
    return 0 if all(one.ok for one in findings) else 1


def deliver(settings: Settings, verb: str, arguments: list[str]) -> None:
    """Hand a verb on to the reverse ETL, with somebody listening where the demo's webhook points to."""
    from orchestration.destinations import local_receiver  # noqa: PLC0415
    from reverse_etl.cli import commands  # noqa: PLC0415

    os.environ.update(settings.environment())
    command = commands.commands[verb]
    if verb not in {"sync", "reconcile"}:
        command.main(args=arguments, prog_name=f"kindred {verb}", standalone_mode=False)
        return
    with local_receiver(settings):
        command.main(args=arguments, prog_name=f"kindred {verb}", standalone_mode=False)
