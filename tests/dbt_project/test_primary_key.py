"""The test of a key: neither twice nor null."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.warehouse import components_project
from warehouse import KindredError

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

DECLARED = "models: [{name: things, columns: [{name: thing, data_tests: [primary_key]}]}]"


def test_a_key_is_there_once_in_each_row(tmp_path: Path) -> None:
    scratch = components_project(tmp_path / "project")
    (scratch.folder / "models" / "things.yml").write_text(DECLARED)
    model = scratch.folder / "models" / "things.sql"
    model.write_text("select 1 as thing union all select 2")
    scratch.dbt("build", "--select", "things")
    for broken in ("select 1 as thing union all select 1", "select 1 as thing union all select null"):
        model.write_text(broken)
        with pytest.raises(KindredError, match="primary_key"):
            scratch.dbt("build", "--select", "things")
