"""A page about what the expectations found, which needs no network and holds nobody's data.

Great Expectations' own Data Docs load their scripts from elsewhere and stay blank without it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from expectations._results import ExpectationResult, SuiteResult
    from warehouse import Settings

_PAGE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Expectations: $suite</title><style>
body { font: 15px/1.5 system-ui, sans-serif; color: #1c2733; margin: 2rem auto; max-width: 62rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; } p.about { color: #5b6b7b; margin-top: .2rem; }
table { border-collapse: collapse; width: 100%; } th { text-align: left; color: #5b6b7b; font-weight: 500; }
th, td { padding: .45rem .6rem; border-bottom: 1px solid #e3e8ee; vertical-align: top; }
.held { color: #1a7f4b; } .warning { color: #a86400; } .blocks { color: #b3261e; font-weight: 600; }
code { font-size: .85em; color: #5b6b7b; } a { color: #2456a6; }
</style></head><body>
<h1>$suite: <span class="$state">$verdict</span></h1>
<p class="about">Build $build, looked at $time UTC. $summary.</p>
<table><tr><th>Expected that</th><th>Severity</th><th>Result</th><th>Found</th></tr>$rows</table>
<p>$links</p>
</body></html>
""")
_ROW = Template(
    '<tr><td>$sentence</td><td>$severity</td><td class="$state">$word</td>'
    "<td>$observed<br><code>$examples</code></td></tr>"
)
_WORDS = {"held": "held", "warning": "warning", "blocks": "failed"}


def page_of(settings: Settings, suite: str) -> Path:
    """The page about the last look at a suite."""
    return settings.data_docs / f"{suite}.html"


def write_page(settings: Settings, results: list[SuiteResult]) -> None:
    """Write each suite's page anew, and keep one for each build beside it."""
    for result in results:
        builds = settings.data_docs / "builds" / result.suite
        builds.mkdir(parents=True, exist_ok=True)
        (builds / f"{result.build}.html").write_text(_page(result, f'<a href="../../{result.suite}.html">latest</a>'))
        newest = sorted(builds.glob("*.html"), key=lambda path: path.stat().st_mtime, reverse=True)[1:11]
        earlier = [
            f'<a href="builds/{result.suite}/{escape(path.name)}">{escape(path.stem[:8])}</a>' for path in newest
        ]
        links = f"Earlier builds: {', '.join(earlier)}" if earlier else ""
        page_of(settings, result.suite).write_text(_page(result, links))


def _page(result: SuiteResult, links: str) -> str:
    return _PAGE.substitute(
        suite=escape(result.suite),
        state="held" if result.passed else "blocks",
        verdict="passed" if result.passed else "failed, nothing is sent",
        build=escape(result.build),
        time=f"{datetime.now(UTC):%Y-%m-%d %H:%M}",
        summary=escape(result.summary),
        rows="".join(_row(one) for one in result.results),
        links=links,
    )


def _row(result: ExpectationResult) -> str:
    state = "held" if result.passed else "blocks" if result.blocks else "warning"
    return _ROW.substitute(
        sentence=escape(result.sentence),
        severity=result.severity,
        state=state,
        word=_WORDS[state],
        observed=escape(result.error or result.observed),
        examples=escape(", ".join(result.examples)),
    )
