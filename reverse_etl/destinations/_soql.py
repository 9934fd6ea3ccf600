"""The queries that Salesforce is asked, as SOQL: names are checked where they are configured, values quoted here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def with_keys(kind: str, field: str, keys: Iterable[str], ids: Iterable[str]) -> str:
    """The ids and keys of the records that have one of the keys or one of the ids."""
    known = _listed(ids)
    where = f"{field} IN {_listed(keys)}" + (f" OR Id IN {known}" if known != "()" else "")
    return f"SELECT Id, {field} FROM {kind} WHERE {where}"


def with_value(kind: str, columns: Iterable[str], field: str, value: str | bool) -> str:  # noqa: FBT001 - a value
    """The columns of the records whose field has a value; a boolean is that of a checkbox."""
    literal = _quoted(value) if isinstance(value, str) else str(value).upper()
    return f"SELECT {', '.join(dict.fromkeys(columns))} FROM {kind} WHERE {field} = {literal}"


def _listed(values: Iterable[str]) -> str:
    return f"({','.join(_quoted(value) for value in values)})"


def _quoted(value: str) -> str:
    # SOQL escapes with a backslash, not by doubling: O'Brien stays O'Brien.
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
