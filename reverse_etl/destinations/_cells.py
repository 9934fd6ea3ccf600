"""One CSV cell: what a spreadsheet would run as a formula is neutralised, and can be read back exactly."""

from __future__ import annotations

import json
import re
from typing import Any

# A leading quote makes a spreadsheet show the text. A cell that already begins so gets one more, to be undone exactly.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_NEUTRALISED = re.compile(r"'+[=+\-@\t\r\n]")


def cell(value: Any, *, spreadsheet_safe: bool = True) -> str:
    """The text of a JSON value; only text can be a formula, so that numbers below zero stay numbers."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if spreadsheet_safe and _FORMULA.match(value) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, default=str) if isinstance(value, dict | list) else str(value)


def readable(text: str) -> str:
    """The text as it was before `cell`."""
    return text[1:] if _NEUTRALISED.match(text) else text
