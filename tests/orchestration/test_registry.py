"""The registry is what the YAML declares: complete, in a fixed order, and honest about what it cannot read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestration.registry import CUSTOMERS, read_yaml, write_registry
from orchestration.registry_text import Declaration, render
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


TRAIT = "config: {meta: {traits: true}}"
WHOLE = "{name: %s, description: How often., data_type: bigint, config: {meta: {pii: none}}}"


def traits(folder: Path, *columns: str) -> Settings:
    models = "".join(
        f"  - name: customer_{place}\n    {TRAIT}\n    columns:\n      - {column}\n"
        for place, column in enumerate(columns)
    )
    return project(folder, name="kindred", models={"models/customer_360/_m.yml": f"models:\n{models}"})


def test_a_trait_comes_into_customers_with_its_description_and_its_class(tmp_path: Path) -> None:
    settings = traits(tmp_path, WHOLE % "logins", WHOLE % "searches")
    assert "ref('customer_1')" in registry(settings)
    customers = read_yaml(settings.project / CUSTOMERS)["models"][0]
    assert [column["name"] for column in customers["columns"]] == ["customer_id", "logins", "searches", "as_of"]
    assert customers["columns"][1]["config"]["meta"] == {"pii": "none"}


@pytest.mark.parametrize(
    ("column", "missing"),
    [
        ("{name: logins, data_type: bigint, config: {meta: {pii: none}}}", "description"),
        ("{name: logins, description: How often., config: {meta: {pii: none}}}", "data_type"),
        ("{name: logins, description: How often., data_type: bigint}", "pii"),
    ],
)
def test_a_trait_that_says_too_little_is_named(tmp_path: Path, column: str, missing: str) -> None:
    with pytest.raises(KindredError, match=f"The trait 'logins' of the model customer_0 has no `.*{missing}"):
        write_registry(traits(tmp_path, column))


def test_two_traits_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(KindredError, match="'logins' stands in customer_0 and in customer_1"):
        write_registry(traits(tmp_path, WHOLE % "logins", WHOLE % "logins"))


def test_a_company_projects_own_traits_are_refused_in_one_sentence(tmp_path: Path) -> None:
    yaml = f"models:\n  - name: customer_own\n    {TRAIT}\n"
    with pytest.raises(KindredError, match="'customer_own' says `traits: true`, but"):
        write_registry(project(tmp_path, models={"models/_m.yml": yaml}))
