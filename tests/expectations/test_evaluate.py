from __future__ import annotations

import pandas as pd

from expectations._evaluate import Expected, evaluate
from expectations._results import ExpectationResult, SuiteResult

FRAME = pd.DataFrame({"customer_id": ["c1", "c2", "c3"], "orders": [1, 2, 900], "tier": ["gold", "gold", "lead"]})


def _one(expected: Expected) -> ExpectationResult:
    return evaluate("customers", FRAME, "customer_id", [expected])[0]


def test_a_failed_warning_does_not_block() -> None:
    result = _one(Expected("…", "ExpectColumnMaxToBeBetween", {"column": "orders", "max_value": 10}, "warning"))
    assert not result.passed
    assert not result.blocks
    assert result.observed == "observed 900"


def test_a_failed_critical_expectation_blocks_and_names_the_rows() -> None:
    result = _one(Expected("…", "ExpectColumnValuesToBeBetween", {"column": "orders", "max_value": 10}))
    assert result.blocks
    assert result.observed == "1 of 3 rows do not hold"
    assert result.examples == ("c3",)


def test_no_value_of_a_row_is_in_a_result() -> None:
    result = _one(Expected("…", "ExpectColumnValuesToBeInSet", {"column": "tier", "value_set": ["gold"]}))
    assert result.blocks
    assert "lead" not in repr(result)


def test_an_expectation_about_a_column_that_is_not_there_blocks_though_it_is_a_warning() -> None:
    result = _one(Expected("…", "ExpectColumnMaxToBeBetween", {"column": "nowhere", "max_value": 1}, "warning"))
    assert result.blocks
    assert result.error
    assert "nowhere" in result.error


def test_an_expectation_that_crashes_as_a_whole_blocks_though_it_is_a_warning() -> None:
    partition = {"values": ["gold", "lead"], "weights": [0.5, 0.5]}
    wrong = {"column": "tier", "partition_object": partition, "threshold": 1, "internal_weight_holdout": 0.1}
    result = _one(Expected("…", "ExpectColumnKLDivergenceToBeLessThan", wrong, "warning"))
    assert result.blocks
    assert result.error


def test_the_answers_come_in_the_order_of_the_questions() -> None:
    asked = [
        Expected("crashes", "ExpectColumnMaxToBeBetween", {"column": "nowhere", "max_value": 1}),
        Expected("rows", "ExpectTableRowCountToBeBetween", {"min_value": 3}),
        Expected("mean", "ExpectColumnMeanToBeBetween", {"column": "orders", "min_value": 1}),
    ]
    found = evaluate("customers", FRAME, "customer_id", asked)
    assert [one.sentence for one in found] == ["crashes", "rows", "mean"]
    assert [one.passed for one in found] == [False, True, True]


def test_a_suite_fails_with_its_first_blocking_sentence() -> None:
    warning = ExpectationResult("w", "warning", passed=False, observed="observed 1")
    error = ExpectationResult("there are customers", "critical", passed=False, observed="observed 0")
    assert SuiteResult("customers", "b", (warning,), {}).passed
    failed = SuiteResult("customers", "b", (error, warning), {})
    assert not failed.passed
    assert failed.summary == "expected that there are customers: observed 0"
