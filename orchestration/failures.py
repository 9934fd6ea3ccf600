"""What dbt reports when something fails, as one sentence that a person can act on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestration.dbt import one_line

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult

    from orchestration.dbt import Dbt

_FAILED = frozenset({"fail", "error", "runtime error"})
_LONGEST = 400


def sentence_of(result: dbtRunnerResult | None, dbt: Dbt) -> str | None:
    """Why a dbt command failed: the first failed node, where to look, and how many others failed.

    Args:
        result: what dbt returned; None if it never returned.
        dbt: the project that it ran.
    """
    if result is None:
        return "dbt stopped without a result: look at its log in the folder " + str(dbt.target / "logs") + "."
    if result.success:
        return None
    failed = [node for node in getattr(result.result, "results", None) or [] if str(node.status) in _FAILED]
    if not failed:
        return f"dbt could not run: {one_line(result.exception)}"
    others = f" ({len(failed) - 1} more failed: see `kindred ui`)" if len(failed) > 1 else ""
    return _sentence(failed[0], dbt) + others


def _sentence(result: Any, dbt: Dbt) -> str:
    node = result.node
    kind = str(node.resource_type)
    if kind == "test" and str(result.status) == "fail":
        return _failed_test(result, dbt)
    what = "test" if kind == "test" else kind
    return f"The {what} {node.name} could not be built: {_reason(result.message)} Its query is {_compiled(node, dbt)}."


def _failed_test(result: Any, dbt: Dbt) -> str:
    node = result.node
    attached = getattr(node, "attached_node", None)
    model = attached.split(".")[-1] if attached else ", ".join(one.split(".")[-1] for one in node.depends_on.nodes)
    rows = f"{result.failures} row{'' if result.failures == 1 else 's'}"
    query = _compiled(node, dbt)
    return f"The test {node.name} on {model} found {rows}, so nothing after it was built: run {query} to see them."


def _reason(message: str | None) -> str:
    """The engine's complaint without the path of the file, which is named at the end."""
    lines = [line.strip() for line in (message or "").splitlines() if line.strip()]
    kept = [line for line in lines if not line.startswith(("compiled code at", "Runtime Error in", "LINE ", "^"))]
    return one_line(" ".join(kept)[:_LONGEST])


def _compiled(node: Any, dbt: Dbt) -> str:
    path = dbt.target / "compiled" / node.package_name / node.original_file_path
    if str(node.resource_type) == "test" and path.suffix != ".sql":
        path = path / node.path
    return str(path)
