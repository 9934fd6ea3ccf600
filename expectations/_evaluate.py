"""The one place that talks to Great Expectations."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from expectations._results import ExpectationResult

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from expectations._results import Severity

# A result names rows by their key and holds no other value of theirs.
_FORMAT = {"result_format": "SUMMARY", "exclude_unexpected_values": True}
_EXAMPLES = 5


@dataclass(frozen=True)
class Expected:
    """One expectation about a frame.

    Attributes:
        sentence: what is expected, as it reads after "expected that".
        kind: the class of Great Expectations, by name.
        arguments: its arguments.
        severity: whether a failure blocks what comes after.
    """

    sentence: str
    kind: str
    arguments: dict[str, Any]
    severity: Severity = "critical"


def evaluate(name: str, frame: pd.DataFrame, key: str, expected: list[Expected]) -> list[ExpectationResult]:
    """Every expectation's answer about one frame.

    Args:
        name: what the rows of the frame are.
        frame: the rows.
        key: the column that names a row.
        expected: what is expected of them.
    """
    gx = _great_expectations()
    suite = gx.ExpectationSuite(
        name=name, expectations=[_expectation(gx, index, one) for index, one in enumerate(expected)]
    )
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    asset = context.data_sources.add_pandas("warehouse").add_dataframe_asset(name)
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    found = batch.validate(suite, result_format={**_FORMAT, "unexpected_index_column_names": [key]})
    by_index = {one.expectation_config.meta["index"]: one for one in found.results}
    return [_result(one, by_index[index], key) for index, one in enumerate(expected)]


def _great_expectations() -> Any:
    """Import it here: it takes four seconds. It reports nothing to its makers."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations  # noqa: PLC0415

    logging.getLogger("great_expectations").propagate = False  # it speaks of its temporary folders
    return great_expectations


def _expectation(gx: Any, index: int, expected: Expected) -> Any:
    kind = getattr(gx.expectations, expected.kind)
    return kind(**expected.arguments, severity=expected.severity, meta={"index": index})


def _result(expected: Expected, found: Any, key: str) -> ExpectationResult:
    error = next(_exceptions(found.exception_info), None)
    return ExpectationResult(
        sentence=expected.sentence,
        severity=expected.severity,
        passed=bool(found.success) and error is None,
        observed=_observed(found.result),
        examples=tuple(_examples(found.result, key)),
        error=f"it could not be evaluated ({error})" if error else None,
    )


def _exceptions(info: dict[str, Any]) -> Iterator[str]:
    """Great Expectations writes one dictionary, or one for each metric that crashed."""
    for one in [info, *info.values()]:
        if isinstance(one, dict) and one.get("raised_exception"):
            yield str(one.get("exception_message") or "no reason given").splitlines()[0]


def _observed(result: dict[str, Any]) -> str:
    if "unexpected_count" in result:
        return f"{result['unexpected_count']:,} of {result['element_count']:,} rows do not hold"
    value = result.get("observed_value")
    if isinstance(value, str | None):
        return f"observed {value}"
    number = float(value)
    return f"observed {number:,.4g}" if abs(number) < 1 else f"observed {number:,.2f}".removesuffix(".00")


def _examples(result: dict[str, Any], key: str) -> Iterator[str]:
    for group in (result.get("partial_unexpected_index_list") or [])[:_EXAMPLES]:
        names = group.get(key, [])
        yield from (str(name) for name in (names if isinstance(names, list) else [names])[:_EXAMPLES])
