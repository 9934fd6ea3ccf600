"""The answer of `kindred why` in sentences for somebody who has never seen a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from rich.tree import Tree

from orchestration.why import Apart, Blocked, Together, Whole
from orchestration.words import capital, counted, met, seen, typed, worded
from warehouse.page import indented

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from orchestration.customer_history import Change
    from orchestration.identity_graph import CutOff, Identifier, Step
    from orchestration.names import Found
    from orchestration.refusals import Refusal, SharedBlocked
    from orchestration.why import Answer

_LINES = 60
_TIERS = {
    0: "a decision that people reviewed",
    1: "accounts and cards",
    2: "e-mail addresses",
    3: "telephone numbers and the like",
    4: "devices and cookies, which join nobody who is known to anybody else who is",
    5: "likeness of names, birth dates and addresses",
}
_HAPPENED = {
    ("merge", True): "customer {customer} ({identifiers}) became part of this one",
    ("merge", False): "this one became part of {customer}",
    ("split", True): "this customer came off {customer} with {identifiers}",
    ("split", False): "customer {customer} came off this one with {identifiers}",
    ("move", True): "{identifiers} came over from {customer}",
    ("move", False): "{identifiers} went over to {customer}",
}


def render_why(answer: Answer) -> RenderableType:
    """One answer on one page."""
    if isinstance(answer, Together):
        return indented("\n".join(_together(answer)))
    if isinstance(answer, Apart):
        return indented("\n".join(_apart(answer)))
    if isinstance(answer, Blocked):
        return Text(_blocked(answer))
    return _whole(answer)


def _together(answer: Together) -> Iterator[str]:
    yield from _notes(answer.one, answer.other)
    size = f"customer {answer.customer_id}, who has {counted(answer.identifiers, 'identifier')}"
    if not answer.path:
        yield f"{capital(_found(answer.one))} and {_found(answer.other)} are the same: {size}."
        return
    yield f"{capital(_found(answer.one))} and {_found(answer.other)} are one person: {size}. Because:"
    for number, step in enumerate(answer.path, 1):
        yield f"\n  {number}. {capital(_name(step.near))} {met(step.source)} {_name(step.far)}"
        yield f"     {_seen(step)}."
        yield f"     Rule: {_rule(step.rule, step.tier)}."
        if step.cut_off:
            yield f"     BRIDGE: {_bridge(step.cut_off)}"
    if not any(step.cut_off for step in answer.path):
        yield "\nNo link here is a bridge: should one of them be wrong, others still hold the two together."


def _apart(answer: Apart) -> Iterator[str]:
    yield from _notes(answer.one, answer.other)
    yield f"{capital(_whose(answer.one))}"
    yield f"and {_whose(answer.other)} are not one customer."
    for number, refusal in enumerate(answer.refusals, 1):
        yield from _refused(number, refusal)
    for blocked in answer.shared_blocked:
        yield _shared(blocked)
    if not answer.refusals and not answer.shared_blocked:
        yield "\nNothing connects them: no record names both, no link between them was refused, and they share nothing."
    elif len(answer.refusals) > 1:
        yield "\nSo nothing joins them directly: only this chain of links, none of which holds."


def _refused(number: int, one: Refusal) -> Iterator[str]:
    yield f"\n  {number}. {capital(_name(one.near))} {met(one.source)} {_name(one.far)}"
    yield f"     {seen(one.record_id, one.source, one.records, one.first_seen_at, one.last_seen_at)}."
    yield f"     But the link was refused: {worded(one.reason)}."
    if one.others:
        yield f"     ({capital(counted(one.others, 'more link'))} between the same two customers: refused too.)"


def _shared(one: SharedBlocked) -> str:
    return (
        f"\n  Both were seen with {typed(one.identifier_type, one.identifier_value)} (in {one.records_of_one} and"
        f" {one.records_of_other} records), which joins nobody, because {worded(one.why)}."
    )


def _blocked(answer: Blocked) -> str:
    return (
        f"{capital(_found(answer.name))} joins nobody with anybody, because {worded(answer.name.blocked)}.\n"
        f"It stood in records of {counted(answer.customers, 'customer')}."
    )


def _whole(answer: Whole) -> Tree:
    lines = [*_notes(answer.name), *map(_change, answer.changes)]
    lines.append(
        f"Customer {answer.customer_id}: {counted(len(answer.tree) + 1, 'identifier')}. Below, each hangs on what it"
        " was seen with, from the oldest on; BRIDGE marks a link without which the customer would fall apart."
    )
    tree = Tree("\n".join(lines))
    branches = {answer.oldest.identifier_id: tree.add(f"{_name(answer.oldest)}, first seen {_day(answer.oldest)}")}
    for step in answer.tree[:_LINES]:
        branch = branches[step.near.identifier_id]
        branches[step.far.identifier_id] = branch.add(_twig(step))
    if len(answer.tree) > _LINES:
        tree.add(f"… and {len(answer.tree) - _LINES:,} more: --json has all of them")
    return tree


def _seen(step: Step) -> str:
    if step.decision:
        return f"by a reviewed decision: {step.decision}"
    return seen(step.record_id, step.source, step.records, step.first_seen_at, step.last_seen_at)


def _twig(step: Step) -> Text:
    text = Text(f"{_name(step.far)}\n{_seen(step)}; rule {step.rule}")
    if step.cut_off:
        whole = step.cut_off.identifiers + step.cut_off.remaining
        text.append(f"; BRIDGE, holds {step.cut_off.identifiers} of {whole}")
    return text


def _change(one: Change) -> str:
    what = _HAPPENED[one.change_kind, one.is_arrival].format(
        customer=one.customer_id, identifiers=counted(one.identifiers, "identifier")
    )
    return f"Build {one.run_number} (as of {one.assigned_as_of:%Y-%m-%d}): {what}{_cause(one)}."


def _cause(one: Change) -> str:
    if not one.near or not one.far:
        return ""
    where = f" in {one.record_id}" if one.record_id else ""
    link = f", because {_name(one.near)} {met(one.source)} {_name(one.far)}{where}"
    return f"{link}, a link that is now refused: {worded(one.reason)}" if one.reason else f"{link} (rule {one.rule})"


def _notes(*names: Found) -> Iterator[str]:
    yield from (name.note for name in names if name.note)


def _bridge(cut: CutOff) -> str:
    named = ", ".join(_name(one) for one in cut.examples)
    more = f" and {cut.identifiers - len(cut.examples)} more" if cut.identifiers > len(cut.examples) else ""
    return (
        f"nothing else holds the two together. Without this link {named}{more} would leave,"
        f" and {counted(cut.remaining, 'identifier')} would stay."
    )


def _rule(rule: str, tier: int) -> str:
    return f"{rule}, tier {tier} ({_TIERS.get(tier, 'no words for it')})"


def _found(one: Found) -> str:
    if one.kind == "identifier" and one.identifier_type:
        return typed(one.identifier_type, one.value)
    return f"the {one.kind} {one.value}"


def _whose(one: Found) -> str:
    return _found(one) if one.kind == "customer" else f"{_found(one)} (customer {one.customer_id})"


def _name(one: Identifier) -> str:
    return typed(one.identifier_type, one.identifier_value)


def _day(one: Identifier) -> str:
    return f"{one.first_seen_at:%Y-%m-%d}" if one.first_seen_at else "at an unknown time"
