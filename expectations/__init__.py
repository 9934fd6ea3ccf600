"""Great Expectations: what must be true of whole tables before anything is sent.

A suite looks at frames of just the columns it needs, and each of its expectations reads as a sentence. What is true of
rows is a dbt test; here stands what is true of tables over time and between layers. The answers are appended to
`activation.quality_gates`, which each sync reads before it sends.
"""

from expectations._dbt_tests import DbtRun, steps_before
from expectations._gates import (
    GATES,
    GateRow,
    check_dbt_tests,
    check_suite,
    current_build,
    latest_gates,
    latest_run_results,
    suite_names,
)
from expectations._history import forget as forget_history
from expectations._page import page_of
from expectations._results import ExpectationResult, SuiteResult
from expectations._run import run_suites

__all__ = [
    "GATES",
    "DbtRun",
    "ExpectationResult",
    "GateRow",
    "SuiteResult",
    "check_dbt_tests",
    "check_suite",
    "current_build",
    "forget_history",
    "latest_gates",
    "latest_run_results",
    "page_of",
    "run_suites",
    "steps_before",
    "suite_names",
]
