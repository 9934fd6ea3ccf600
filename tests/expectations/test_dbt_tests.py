"""The gate `dbt_tests`, on a project of three models and their tests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from expectations import DbtRun, steps_before
from warehouse import KindredError

if TYPE_CHECKING:
    from pathlib import Path

BUILD = "the-build"
PARENTS = {
    "model.k.customers": [],
    "model.k.desired_records": ["model.k.customers"],
    "model.k.timeline": ["model.k.customers"],
    "test.k.customers_unique": ["model.k.customers"],
    "test.k.desired_permitted": ["model.k.desired_records"],
    "test.k.timeline_ordered": ["model.k.timeline"],
    "test.k.customers_usual": ["model.k.customers"],
}
MANIFEST = {
    "nodes": {
        unique_id: {
            "resource_type": unique_id.split(".")[0],
            "config": {"severity": "warn" if unique_id.endswith("usual") else "error"},
            "depends_on": {"nodes": parents},
        }
        for unique_id, parents in PARENTS.items()
    },
    "parent_map": PARENTS,
}
ALL_WELL = {
    **dict.fromkeys((one for one in PARENTS if one.startswith("model")), "success"),
    **dict.fromkeys((one for one in PARENTS if one.startswith("test")), "pass"),
}


def _run(**changes: str | None) -> DbtRun:
    names = {one.split(".")[2]: one for one in PARENTS}
    statuses = {**ALL_WELL, **{names[name]: status for name, status in changes.items()}}
    return DbtRun(BUILD, {one: status for one, status in statuses.items() if status}, MANIFEST)


def test_it_opens_when_every_test_of_what_is_to_be_sent_held() -> None:
    assert _run().verdict(BUILD) == (True, "2 tests held")


def test_it_stays_shut_for_another_build() -> None:
    passed, detail = _run().verdict("another")
    assert not passed
    assert "not those of the build" in detail


@pytest.mark.parametrize("status", ["fail", "error", "runtime error"])
def test_it_shuts_on_any_failure_even_one_beside_the_way(status: str) -> None:
    assert _run(timeline_ordered=status).verdict(BUILD) == (False, "1 failed in dbt: timeline_ordered")


@pytest.mark.parametrize("status", [None, "skipped"])
def test_it_stays_shut_when_a_test_upstream_did_not_run(status: str | None) -> None:
    passed, detail = _run(customers_unique=status).verdict(BUILD)
    assert not passed
    assert detail == "1 tests of what is to be sent did not run: customers_unique"


def test_a_warning_and_a_test_beside_the_way_may_be_left_out() -> None:
    assert _run(customers_usual=None, timeline_ordered=None).verdict(BUILD)[0]
    assert _run(customers_usual="warn").verdict(BUILD)[0]


def test_a_partial_invocation_did_not_build_what_is_to_be_sent() -> None:
    assert _run().built_outgoing
    assert not _run(desired_records=None).built_outgoing


def test_results_are_read_with_the_manifest_beside_them(tmp_path: Path) -> None:
    results: list[dict[str, Any]] = [{"unique_id": one, "status": status} for one, status in ALL_WELL.items()]
    (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST))
    path = tmp_path / "run_results.json"
    path.write_text(json.dumps({"metadata": {"invocation_id": BUILD}, "results": results}))
    assert DbtRun.read(path) == _run()


def _write(path: Path, invocation: str, statuses: dict[str, str]) -> Path:
    results = [{"unique_id": one, "status": status} for one, status in statuses.items()]
    path.write_text(json.dumps({"metadata": {"invocation_id": invocation}, "results": results}))
    return path


@pytest.mark.parametrize(("status", "opens"), [("pass", True), ("fail", False), (None, False)])
def test_a_run_of_two_invocations_is_judged_by_the_tests_of_both(
    tmp_path: Path, status: str | None, *, opens: bool
) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST))
    of_the_first = ["model.k.customers", "test.k.customers_unique"]
    first = {one: ALL_WELL[one] for one in of_the_first} | {"test.k.customers_unique": status}
    earlier = _write(tmp_path / "first.json", "first", {one: said for one, said in first.items() if said})
    last = {one: said for one, said in ALL_WELL.items() if one not in of_the_first}
    run = DbtRun.read(_write(tmp_path / "run_results.json", BUILD, last), [earlier])
    assert run.verdict(BUILD)[0] is opens
    assert DbtRun.read(tmp_path / "run_results.json").verdict(BUILD)[0] is False


def test_what_was_done_again_counts_as_the_last_did_it(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST))
    earlier = _write(tmp_path / "first.json", "first", {"test.k.customers_unique": "fail"})
    run = DbtRun.read(_write(tmp_path / "run_results.json", BUILD, ALL_WELL), [earlier])
    assert run.verdict(BUILD) == (True, "2 tests held")


def test_the_steps_of_a_run_are_known_by_the_last_ones_invocation(tmp_path: Path) -> None:
    last = _write(tmp_path / "run_results.json", "last", {})
    first = _write(tmp_path / "run_results_of_ab-1_1.json", "first", {})
    _write(tmp_path / "run_results_of_ab-1_2.json", "last", {})
    assert steps_before(last) == [first]
    assert steps_before(_write(tmp_path / "run_results.json", "a build by hand", {})) == []


@pytest.mark.parametrize("content", [None, "{"])
def test_results_that_are_missing_or_broken_are_one_sentence(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "run_results.json"
    if content:
        path.write_text(content)
    with pytest.raises(KindredError, match=r"run_results.json.*dbt build"):
        DbtRun.read(path)
