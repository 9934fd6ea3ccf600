"""Why two names are one customer, or are not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from orchestration.identity_graph import Identifier, customer_graph
from orchestration.why import Apart, Blocked, Together, Whole, to_json, why
from orchestration.why_page import render_why
from warehouse import KindredError, connect

if TYPE_CHECKING:
    import subprocess

    from orchestration.why import Answer
    from tests.conftest import Kindred
    from tests.orchestration.conftest import SmallIdentity
    from warehouse import Settings


def _page(answer: Answer) -> str:
    console = Console(width=200)
    with console.capture() as captured:
        console.print(render_why(answer), highlight=False)
    return captured.get()


def test_the_shortest_path_names_source_record_rule_and_dates(anna_and_otto: SmallIdentity) -> None:
    answer = why(anna_and_otto, "anna@x.org", "cookie-1")
    assert isinstance(answer, Together)
    assert [step.far.identifier_value for step in answer.path] == ["U7", "anna@work.org", "cookie-1"]
    page = _page(answer)
    assert "The e-mail address anna@x.org and the browser cookie cookie-1 are one person: customer c_anna" in page
    assert "1. The e-mail address anna@x.org stood together with the account U7" in page
    assert "in the shop record shop_orders:2-1 and in 3 others, from 2025-02-01 to 2025-03-01." in page
    assert "Rule: anonymous_id, tier 4 (devices and cookies" in page


def test_a_bridge_says_what_would_be_cut_off(anna_and_otto: SmallIdentity) -> None:
    answer = why(anna_and_otto, "anna@x.org", "cookie-1")
    assert isinstance(answer, Together)
    cuts = [step.cut_off for step in answer.path]
    assert [(cut.identifiers, cut.remaining) for cut in cuts if cut] == [(3, 1), (2, 2), (1, 3)]
    assert "the browser cookie cookie-1 would leave, and 3 identifiers would stay" in _page(answer)


def test_a_second_way_round_makes_it_no_bridge(anna_and_otto: SmallIdentity) -> None:
    anna_and_otto.link(3, 2)
    answer = why(anna_and_otto, "anna@x.org", "anna@work.org")
    assert isinstance(answer, Together)
    assert [step.cut_off for step in answer.path] == [None]
    assert "No link here is a bridge" in _page(answer)


def test_two_links_between_the_same_two_make_it_no_bridge(anna_and_otto: SmallIdentity) -> None:
    anna_and_otto.insert(
        "identity_links", link_id=1, identifier_id=2, anchor_identifier_id=1, rule="override", tier=0,
        source="override", first_seen_at="2025-04-01", last_seen_at="2025-04-01", records=0,
    )  # fmt: skip
    anna_and_otto.insert(
        "identity_decisions",
        kind="same",
        identifier_id=2,
        other_identifier_id=1,
        reason="she told us",
        decided_by="Ida",
    )
    answer = why(anna_and_otto, "anna@x.org", "U7")
    assert isinstance(answer, Together)
    assert answer.path[0].cut_off is None
    page = _page(answer)
    assert "anna@x.org was decided to be the same person as the account U7" in page
    assert "by a reviewed decision: she told us, decided by Ida." in page


def test_the_stronger_of_two_ways_is_taken(anna_and_otto: SmallIdentity) -> None:
    anna_and_otto.identifier(8, "phone", "+49152", "c_anna", day=8)
    anna_and_otto.link(8, 2, rule="phone", tier=3, records=500)
    anna_and_otto.link(8, 3, rule="phone", tier=3, records=500)
    answer = why(anna_and_otto, "anna@x.org", "anna@work.org")
    assert isinstance(answer, Together)
    assert [step.far.identifier_value for step in answer.path] == ["U7", "anna@work.org"]


def test_two_customers_are_kept_apart_by_the_refused_links_between_them(anna_and_otto: SmallIdentity) -> None:
    answer = why(anna_and_otto, "anna@x.org", "U8")
    assert isinstance(answer, Apart)
    assert [one.far_customer_id for one in answer.refusals] == ["c_phone", "c_otto"]
    page = _page(answer)
    assert "are not one customer" in page
    assert "the telephone number +49151\n" in page
    assert "refused: it would give one customer 2 accounts; at most 1 are allowed." in page
    assert "Both were seen with the account U99 (in 1 and 1 records), which joins nobody" in page


def test_nothing_connects_strangers(anna_and_otto: SmallIdentity) -> None:
    anna_and_otto.identifier(9, "email", "eve@x.org", "c_eve")
    answer = why(anna_and_otto, "anna@x.org", "eve@x.org")
    assert answer == Apart(answer.one, answer.other, [], [])  # type: ignore[union-attr]
    assert "Nothing connects them" in _page(answer)


def test_a_blocked_identifier_is_named_with_its_evidence(anna_and_otto: SmallIdentity) -> None:
    answer = why(anna_and_otto, "anna@x.org", "U99")
    assert isinstance(answer, Blocked)
    assert answer.customers == 2
    assert "seen with 9 different accounts" in _page(answer)


def test_a_customer_and_a_record_are_names_too(anna_and_otto: SmallIdentity) -> None:
    answer = why(anna_and_otto, "c_anna", "cookie-1")
    assert isinstance(answer, Together)
    assert answer.path[0].near.identifier_value == "anna@x.org"  # the oldest stands for the customer
    answer = why(anna_and_otto, "shop_orders:1", "U7")
    assert isinstance(answer, Together)
    assert "The record shop_orders:1 belongs to c_anna." in _page(answer)


def test_two_names_of_the_same_are_the_same(anna_and_otto: SmallIdentity) -> None:
    page = _page(why(anna_and_otto, "u7", "user_id:U7"))
    assert page.startswith("The account U7 and the account U7 are the same: customer c_anna, who has 4 identifiers.")


def test_one_name_shows_the_whole_customer_as_a_tree(anna_and_otto: SmallIdentity) -> None:
    anna_and_otto.insert(
        "customer_changes", change_id=1, run_number=3, assigned_as_of="2025-05-01", change_kind="merge",
        customer_id="c_old", other_customer_id="c_anna", identifiers=2, link_identifier_id=3,
        link_other_identifier_id=1, link_rule="email", link_source="shop", link_record_id="shop_orders:3-1",
    )  # fmt: skip
    answer = why(anna_and_otto, "cookie-1")
    assert isinstance(answer, Whole)
    assert answer.oldest.identifier_value == "anna@x.org"
    assert {step.far.identifier_value for step in answer.tree} == {"U7", "anna@work.org", "cookie-1"}
    assert (
        "Build 3 (as of 2025-05-01): customer c_old (2 identifiers) became part of this one, because the e-mail address"
        " anna@work.org stood together with the account U7 in shop_orders:3-1 (rule email)."
    ) in _page(answer)


def test_a_split_is_told_on_both_sides(anna_and_otto: SmallIdentity) -> None:
    anna_and_otto.insert(
        "customer_changes", change_id=1, run_number=2, assigned_as_of="2025-05-01", change_kind="split",
        customer_id="c_otto", other_customer_id="c_anna", identifiers=1, link_identifier_id=6,
        link_other_identifier_id=1, link_rule="email", link_source="shop", link_reason="it would be too much",
    )  # fmt: skip
    assert "customer c_otto came off this one with 1 identifier, because" in _page(why(anna_and_otto, "c_anna"))
    page = _page(why(anna_and_otto, "U8"))
    assert "this customer came off c_anna with 1 identifier" in page
    assert "a link that is now refused: it would be too much." in page


def test_what_means_several_is_asked_about(anna_and_otto: SmallIdentity) -> None:
    anna_and_otto.identifier(10, "loyalty_card", "U7", "c_otto")
    with pytest.raises(KindredError, match="say which one, loyalty_card:U7 or user_id:U7"):
        why(anna_and_otto, "U7", "U8")
    assert isinstance(why(anna_and_otto, "user_id:U7", "anna@x.org"), Together)


def test_the_json_holds_all_that_the_page_says(anna_and_otto: SmallIdentity) -> None:
    content = json.loads(json.dumps(to_json(why(anna_and_otto, "anna@x.org", "U7")), default=str))
    assert content["answer"] == "together"
    assert content["path"][0]["cut_off"]["identifiers"] == 3
    assert content["path"][0]["rule"] == "email"


_LINKS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=14)


def _graph(pairs: list[tuple[int, int]]) -> Any:
    identifiers = [Identifier(number, "email", f"{number}@x.org", records=1) for number in range(8)]
    details = {"rule": "email", "tier": 2, "source": "", "record_id": "", "records": 1, "decision": None}
    seen = {"first_seen_at": None, "last_seen_at": None}
    return customer_graph(
        identifiers,
        [
            {"link_id": number, "identifier_id": near, "anchor_identifier_id": far, **details, **seen}
            for number, (near, far) in enumerate(pairs)
        ],
    )


@given(_LINKS)
def test_paths_and_bridges_are_those_of_taking_links_away_one_by_one(pairs: list[tuple[int, int]]) -> None:
    customer = _graph(pairs)
    plain = nx.MultiGraph((near, far) for near, far in pairs if near != far)
    plain.add_nodes_from(range(8))
    distances = nx.single_source_shortest_path_length(plain, 0)
    tree = customer.tree(0)
    assert {step.far.identifier_id for step in tree} == distances.keys() - {0}
    for step in tree:
        near, far = step.near.identifier_id, step.far.identifier_id
        assert len(customer.path(0, far)) == distances[far]
        without = plain.copy()
        without.remove_edge(near, far)
        left = nx.node_connected_component(without, far)
        assert (step.cut_off is None) == (near in left)
        assert step.cut_off is None or step.cut_off.identifiers == len(left)


@pytest.mark.slow
def test_the_command_line_answers_about_a_whole_run(
    whole_run: tuple[Settings, subprocess.CompletedProcess[str]], kindred: Kindred
) -> None:
    settings, _ = whole_run
    with connect(settings, read_only=True) as connection:
        [(customer, phone, email)] = connection.execute(
            "select customer_id, any_value(identifier_value) filter (where identifier_type = 'phone'),"
            " any_value(identifier_value) filter (where identifier_type = 'email')"
            " from identity.customer_identifiers group by 1"
            " having count(distinct identifier_type) > 3 and bool_or(identifier_value like '+49%') order by 1 limit 1"
        ).fetchall()
    national = f"0{phone[3:6]} / {phone[6:]}"
    answer = json.loads(kindred(settings, "why", email.upper(), national, "--json").stdout)
    assert answer["answer"] == "together"
    assert answer["customer_id"] == customer
    assert answer["path"]
    assert "are one person" in kindred(settings, "why", email, phone).stdout
    assert "BRIDGE" in kindred(settings, "why", customer).stdout
    nobody = kindred(settings, "why", email, "nobody@example.org")
    assert nobody.returncode == 1
    assert nobody.stderr.startswith("Nobody is known by nobody@example.org")
