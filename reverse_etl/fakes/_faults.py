"""The ways in which the local webhook receiver can be told to fail."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from warehouse import KindredError

FAULTS: Final = {
    "none": "no fault: this one is answered as it should be",
    "partial": "207 in which every second record has the outcome VALUE (rejected unless said otherwise)",
    "refuse": "400 for the whole batch",
    "rate_limit": "429, with Retry-After when VALUE says how many seconds",
    "error": "500, nothing taken",
    "unavailable": "503, nothing taken",
    "unauthorised": "401",
    "hang": "no answer for VALUE seconds (60 unless said otherwise), nothing taken",
    "close": "the connection is closed, nothing taken",
    "drop": "everything is taken and then the connection is closed",
    "late": "everything is taken, and the connection closed VALUE seconds later (60 unless said otherwise)",
}
_TEXT: Final = re.compile(r"(?P<kind>\w+)(=(?P<value>[\w.]+))?(\*(?P<times>[1-9]\d*))?")


@dataclass(frozen=True)
class Fault:
    """One way to fail, for so many requests in a row; FAULTS says what each kind does and what its value means."""

    kind: str
    value: str | None = None
    times: int = 1

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Read `KIND[=VALUE][*TIMES]`.

        Raises:
            KindredError: it is not of that form, or there is no such kind.
        """
        found = _TEXT.fullmatch(text)
        if not found or found["kind"] not in FAULTS:
            raise KindredError(f"{text} is no fault: write KIND[=VALUE][*TIMES] with one of {', '.join(FAULTS)}.")
        return cls(found["kind"], found["value"], int(found["times"] or 1))

    def each(self) -> list[Fault]:
        """The fault once for each request that it is meant for."""
        return [replace(self, times=1)] * self.times
