"""What can be asked of the generator: how many people, which two years, and how much of each kind of mess."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING

from demo.times import seconds
from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Mess:
    """How often each kind of mess happens, from 0 (never) to 1 (always). The README says what each one does."""

    duplicate_rows: float = 0.01
    late_rows: float = 0.02
    odd_times: float = 0.03
    format_variations: float = 0.15
    foreign_currency: float = 0.01
    broken_rows: float = 0.003
    households: float = 0.25
    typos: float = 0.015
    changed_emails: float = 0.06
    unlinked_devices: float = 0.08
    unlinked_handles: float = 0.03
    recycled_phones: float = 0.01
    shared_devices: float = 0.04
    shared_emails: float = 0.02
    test_accounts: float = 0.002
    placeholder_values: float = 0.01
    store_tablet: float = 0.02

    def __post_init__(self) -> None:
        """Refuse a rate that is no share."""
        for kind in fields(self):
            rate = getattr(self, kind.name)
            if not 0 <= rate <= 1:
                raise KindredError(f"The mess rate {kind.name}={rate} must lie between 0 and 1.")

    @classmethod
    def none(cls) -> Mess:
        """A world without mess."""
        return cls(**{kind.name: 0.0 for kind in fields(cls)})

    @classmethod
    def parse(cls, settings: Iterable[str]) -> Mess:
        """Read `name=rate` or `none`, from left to right.

        Raises:
            KindredError: a name is unknown or a rate is no number between 0 and 1.
        """
        mess = cls()
        for setting in settings:
            mess = cls.none() if setting == "none" else mess._with(setting)
        return mess

    def _with(self, setting: str) -> Mess:
        name, _, rate = setting.partition("=")
        known = [kind.name for kind in fields(self)]
        if name not in known:
            raise KindredError(f"There is no mess called '{name}': choose from none, {', '.join(known)}.")
        try:
            return replace(self, **{name: float(rate)})
        except ValueError:
            raise KindredError(f"The mess rate in '{setting}' is no number: write for example {name}=0.02.") from None


KINDS: tuple[str, ...] = ("clean", *(kind.name for kind in fields(Mess)))
"""Every kind of mess, the lightest first: of several that touch a record, the last one here is its main kind."""


def code(kind: str) -> int:
    """The number by which a kind of mess is marked on a row."""
    return KINDS.index(kind)


@dataclass(frozen=True)
class DemoOptions:
    """What to generate.

    Attributes:
        people: how many true people.
        seed: the same seed gives the same files, byte for byte.
        mess: the rate of each kind of mess.
        start: the first moment of the data, ISO, UTC.
        end: the first moment after it; the models' `as_of`.
        chunk: how many people are held in memory at a time. Part of what is generated, as the seed is.
    """

    people: int = 20_000
    seed: int = 7
    mess: Mess = field(default_factory=Mess)
    start: str = "2024-07-01"
    end: str = "2026-07-01"
    chunk: int = 10_000

    def __post_init__(self) -> None:
        """Refuse what cannot be generated."""
        if self.people < 1 or self.chunk < 1:
            raise KindredError("Ask for at least one person: --people 1 or more.")
        if self.seed < 0:
            raise KindredError("The seed must not be negative.")
        if seconds(self.start) >= seconds(self.end):
            raise KindredError(f"The demo's start {self.start} must lie before its end {self.end}.")
