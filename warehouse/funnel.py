"""How a segment becomes an audience, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def funnel(members: int, withheld: Iterable[tuple[str, int]], audience: int) -> str:
    """From the members to the audience, less those whom each gate holds back.

    Args:
        members: how many the segment has.
        withheld: each reason with how many, in the order of the gates.
        audience: how many are left.
    """
    steps = "".join(f" - {count:,} {reason}" for reason, count in withheld)
    return f"{members:,} members{steps} = {audience:,} in the audience"
