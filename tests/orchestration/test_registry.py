"""The registry is what the YAML declares: complete, in a fixed order, and honest about what it cannot read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestration.registry import Declaration, render, write_registry
from warehouse import KindredError, Settings

if TYPE_CHECKING:
    from pathlib import Path


def project(folder: Path, *, name: str = "company", config: str = "", models: dict[str, str] | None = None) -> Settings:
    (folder / "models").mkdir(parents=True, exist_ok=True)
    (folder / "dbt_project.yml").write_text(f"name: {name}\n{config}")
    for path, text in (models or {}).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return Settings(home=folder / "var", project=folder, destinations=folder / "destinations.toml")


def registry(settings: Settings) -> str:
    write_registry(settings)
    return (settings.project / "macros" / "registry.sql").read_text()


def test_both_spellings_of_metadata_take_part(tmp_path: Path) -> None:
    yaml = (
        "models:\n  - name: stg_a\n    columns:\n      - {name: email, meta: {identifier: email}}\n"
        "  - name: stg_b\n    columns:\n      - {name: email, config: {meta: {identifier: email}}}\n"
    )
    text = registry(project(tmp_path, models={"models/_m.yml": yaml}))
    assert "ref('stg_a')" in text
    assert "ref('stg_b')" in text


def test_a_feed_depends_on_its_own_models_only() -> None:
    text = render([Declaration("stg_orders", {"feeds": ["orders"]}), Declaration("stg_carts", {"feeds": ["carts"]})])
    orders = next(line for line in text.split("{%- if") if "'orders'" in line)
    assert "stg_orders" in orders
    assert "stg_carts" not in orders


def test_the_order_of_declarations_does_not_matter() -> None:
    declarations = [Declaration("b", {"sync": {}}), Declaration("a", {"sync": {}})]
    assert render(declarations) == render(declarations[::-1])


def test_an_unknown_feed_is_named_with_its_file(tmp_path: Path) -> None:
    yaml = "models:\n  - {name: stg_a, config: {meta: {feeds: [order]}}}\n"
    with pytest.raises(KindredError, match=r"_m\.yml: the model 'stg_a' feeds 'order', which is no feed"):
        registry(project(tmp_path, models={"models/_m.yml": yaml}))


def test_broken_yaml_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(KindredError, match=r"_m\.yml is no valid YAML"):
        registry(project(tmp_path, models={"models/_m.yml": "models: [\n"}))


def test_a_company_project_keeps_the_core_and_drops_what_it_switched_off(tmp_path: Path) -> None:
    core = "dbt_packages/kindred/models"
    settings = project(
        tmp_path,
        config="models:\n  kindred:\n    staging: {+enabled: false}\n",
        models={
            f"{core}/staging/web/_m.yml": "models:\n  - {name: stg_web, config: {meta: {feeds: [interactions]}}}\n",
            f"{core}/segments/_m.yml": "models:\n  - {name: win_back, config: {meta: {segment: {owner: a}}}}\n",
            "models/_m.yml": "models:\n  - {name: stg_own, config: {meta: {feeds: [interactions]}}}\n",
        },
    )
    text = registry(settings)
    assert "stg_web" not in text
    assert "ref('win_back')" in text
    assert "ref('stg_own')" in text


def test_writing_twice_changes_nothing(tmp_path: Path) -> None:
    settings = project(tmp_path)
    assert write_registry(settings)
    assert not write_registry(settings)
