"""What a rehearsal found, on paper."""

from __future__ import annotations

from dataclasses import replace

from rich.console import Console

from orchestration.changes import BlockedChange, Cause, Changes, LinkChange, Regrouping, SyncChange
from orchestration.rehearsal_page import render_changes

_NOTHING = {"moved": 0, "left": 0, "joined": 0}
_SYNC = SyncChange("sync_files__win_back", 10, 10, 5, 5, added=0, removed=0, changed=0, withheld=())
_UNCHANGED = Changes("2026-07-01", 9, 9, (), (), _NOTHING, _NOTHING, (), (), (_SYNC,))
_CAUSE = Cause("email", "anna@x.org", "user_id", "U7", rule="email", records=3, reason=None)


def _page(changes: Changes, width: int = 200) -> str:
    console = Console(width=width)
    with console.capture() as captured:
        console.print(render_changes(changes), highlight=False)
    return captured.get()


def test_nothing_is_said_in_one_sentence() -> None:
    assert _page(_UNCHANGED).endswith("\n\nNothing would change.\n")


def test_merges_and_splits_name_the_links_that_do_it() -> None:
    refused = replace(_CAUSE, reason="it would give one customer 2 user_id values; at most 1 are allowed")
    page = _page(
        replace(
            _UNCHANGED,
            merges=(Regrouping("c_a", (("c_a", 5), ("c_b", 1)), (_CAUSE,)),),
            splits=(Regrouping("c_d", (("c_d", 4), ("c_e", 2), ("c_f", 1)), (refused,)),),
            identifiers={"moved": 4, "left": 0, "joined": 1},
        )
    )
    assert "2 customers would become 1" in page
    assert "c_a (5) + c_b (1) would be c_a" in page
    assert "because the e-mail address anna@x.org and the account U7 would be linked: rule email, 3 records" in page
    assert "1 customer would become 3" in page
    assert "would not be linked (rule email, 3 records): it would give one customer 2 accounts" in page
    assert "4 to another customer, 0 nobody's any more, 1 somebody's for the first time" in page


def test_of_many_merges_the_first_are_shown() -> None:
    many = tuple(Regrouping(f"c_{one}", ((f"c_{one}", 2), ("c_x", 1)), ()) for one in range(8))
    page = _page(replace(_UNCHANGED, merges=many, identifiers={"moved": 8, "left": 0, "joined": 0}))
    assert "c_4 (2)" in page
    assert "c_5 (2)" not in page
    assert "… and 3 more: --json has all of them" in page


def test_links_and_blocked_identifiers_say_why() -> None:
    links = (LinkChange("phone", "accepted", "refused", "it would be too many", 12),)
    blocked = (
        BlockedChange("phone", "+49151", is_blocked=True, why="it behaves like a place"),
        BlockedChange("email", "a@x.org", is_blocked=False, why="it is on the list"),
    )
    page = _page(replace(_UNCHANGED, links=links, blocked=blocked))
    assert "All 9 customers would stay as they are." in page
    assert "it would be too many" in page
    assert "the telephone number +49151 would join nobody any more, because it behaves like a place" in page
    assert "the e-mail address a@x.org may join people again; until now it did not, because it is on the list" in page


def test_only_syncs_that_change_are_shown() -> None:
    changed = replace(_SYNC, sync="sync_files__vip", added=2, audience_after=7, withheld=(("no consent", 3, 1),))
    page = _page(replace(_UNCHANGED, syncs=(_SYNC, changed)))
    assert "5 → 7" in page
    assert "no consent 3 → 1" in page
    assert "sync_files__win_back" not in page
    assert "1 sync would stay as it is" in page


def test_a_narrow_terminal_breaks_no_word_and_no_figure() -> None:
    changed = replace(
        _SYNC,
        sync="sync_demo_webhook__visited_not_converted",
        members_before=12_345,
        members_after=12_431,
        added=1_220,
        withheld=(("suppressed: complaint", 10, 12), ("lower priority", 1_220, 15)),
    )
    page = _page(replace(_UNCHANGED, syncs=(changed,)), width=80)
    words = {"visited_not_converted", "12,345", "12,431", "1,220", "complaint", "priority", "members", "audience"}
    assert words <= set(page.split())
    assert max(map(len, page.splitlines())) <= 80
