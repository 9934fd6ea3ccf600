"""What the expectations found: plain values, without a value of any customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["critical", "warning", "info"]


@dataclass(frozen=True)
class ExpectationResult:
    """One expectation's answer.

    Attributes:
        sentence: what was expected, in words.
        severity: critical blocks what comes after.
        passed: whether it held; False if it could not be evaluated.
        observed: the measured figure as text, or how many rows do not hold.
        examples: names of rows that do not hold, by the frame's key; no other value of theirs.
        error: why it could not be evaluated, None if it was.
    """

    sentence: str
    severity: Severity
    passed: bool
    observed: str
    examples: tuple[str, ...] = ()
    error: str | None = None

    @property
    def blocks(self) -> bool:
        """Whether nothing may be sent because of it. What cannot be evaluated always blocks."""
        return not self.passed and (self.severity == "critical" or self.error is not None)


@dataclass(frozen=True)
class SuiteResult:
    """One suite's answers about one build.

    Attributes:
        suite: its name, which is also the name of its gate.
        build: the build that was looked at.
        results: one for each expectation, the blocking ones first.
        measures: the figures that later builds are compared with.
    """

    suite: str
    build: str
    results: tuple[ExpectationResult, ...]
    measures: dict[str, object]

    @property
    def passed(self) -> bool:
        """Whether what comes after may go on."""
        return not self.blocking

    @property
    def blocking(self) -> tuple[ExpectationResult, ...]:
        """The expectations that forbid it."""
        return tuple(result for result in self.results if result.blocks)

    @property
    def warnings(self) -> tuple[ExpectationResult, ...]:
        """The expectations that do not hold, but do not forbid it."""
        return tuple(result for result in self.results if not result.passed and not result.blocks)

    @property
    def summary(self) -> str:
        """One sentence for the gate, the check and the page."""
        held = sum(result.passed for result in self.results)
        if self.passed:
            remark = f", {len(self.warnings)} with a warning" if self.warnings else ""
            return f"{held} of {len(self.results)} expectations held{remark}"
        first = self.blocking[0]
        others = f" (and {len(self.blocking) - 1} more)" if len(self.blocking) > 1 else ""
        names = f" ({', '.join(first.examples)})" if first.examples else ""
        return f"expected that {first.sentence}: {first.error or first.observed}{names}{others}"
