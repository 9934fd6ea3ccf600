"""Write `macros/registry.sql`: the models that take part in the core's unions and joins, as their YAML declares them.

dbt learns a model's parents from the ref() calls that it sees while it parses, before metadata can be read. What is
put together of identifiers, feeds, traits, segments and syncs is driven by metadata, so the refs are generated from the
same YAML, and so are the columns of `customers`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from orchestration.clauses import read_clauses
from orchestration.dbt import Dbt
from orchestration.registry_text import FEEDS, Declaration, meta_of, render
from orchestration.trait_columns import Traits, customers_yaml
from warehouse import KindredError, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestration.clauses import SegmentClauses

CORE = "kindred"
CUSTOMERS = "models/customer_360/_customers__models.yml"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def write_registry(settings: Settings) -> bool:
    """Bring the project's registry up to date; the packages whose models take part are installed first.

    Returns:
        Whether the file changed.

    Raises:
        KindredError: a YAML file cannot be read, a model declares an unknown feed, or a package cannot be installed.
    """
    stale = _stale(settings)
    for path, text in stale.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return bool(stale)


def is_current(settings: Settings) -> bool:
    """Whether the generated files say what the YAML says.

    Raises:
        KindredError: a YAML file cannot be read, a model declares an unknown feed, or a package cannot be installed.
    """
    return not _stale(settings)


def _stale(settings: Settings) -> dict[Path, str]:
    """The generated files that are missing or old, with what they should say."""
    Dbt(settings).install_packages()
    own = [declared for path in _yaml_files(settings.project / "models") for declared in _declared(path)]
    declarations = _declarations(settings.project, own)
    is_core = read_yaml(settings.project / "dbt_project.yml").get("name") == CORE
    text = render(declarations, _own_clauses(settings.project, own), own_source=not is_core)
    wanted = {settings.project / "macros" / "registry.sql": text}
    if is_core:
        traits = [Traits(d.model, d.columns) for d in declarations if d.meta.get("traits")]
        wanted[settings.project / CUSTOMERS] = customers_yaml(traits)
    return {path: text for path, text in wanted.items() if not path.exists() or path.read_text() != text}


def _declarations(project: Path, own: list[Declaration]) -> list[Declaration]:
    """The project's own, and those of the core that it installs."""
    configuration, found = read_yaml(project / "dbt_project.yml"), [*own]
    core = project / "dbt_packages" / CORE
    if configuration.get("name") != CORE:
        _refuse_traits(own)
    if configuration.get("name") != CORE and core.exists():
        switched_off = _switched_off(configuration.get("models", {}).get(CORE, {}))
        for path in _yaml_files(core / "models"):
            if not _is_below(path.relative_to(core / "models").parent.parts, switched_off):
                found.extend(_declared(path))
    return found


def _own_clauses(project: Path, own: list[Declaration]) -> list[SegmentClauses]:
    """Those of the project's own segments: a package brings its own registry along."""
    files = {path.stem: path for path in (project / "models").rglob("*.sql")}
    segments = sorted(one.model for one in own if "segment" in one.meta)
    return [read_clauses(segment, files[segment]) for segment in segments if segment in files]


def _refuse_traits(declarations: list[Declaration]) -> None:
    for declaration in declarations:
        if declaration.meta.get("traits"):
            raise KindredError(
                f"The model '{declaration.model}' says `traits: true`, but dbt lets no project add columns to a "
                "package's `customers`: take the tag away, and join the model to `customers` where you need it."
            )


def _yaml_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.yml"))


def _switched_off(tree: Any, above: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    """The folders of the core that the project's own dbt_project.yml disables."""
    if not isinstance(tree, dict):
        return set()
    here = {above} if tree.get("+enabled") is False else set()
    return here.union(*(_switched_off(below, (*above, name)) for name, below in tree.items()))


def _is_below(parts: tuple[str, ...], folders: set[tuple[str, ...]]) -> bool:
    return any(parts[: len(folder)] == folder for folder in folders)


def _declared(path: Path) -> Iterator[Declaration]:
    for model in read_yaml(path).get("models") or []:
        columns = tuple(model.get("columns") or ())
        declaration = Declaration(model["name"], meta_of(model), frozenset(_column_tags(model)), columns)
        unknown = set(declaration.meta.get("feeds", [])) - set(FEEDS)
        if unknown:
            raise KindredError(
                f"{path}: the model '{declaration.model}' feeds '{min(unknown)}', which is no feed: "
                f"use one of {', '.join(FEEDS)}."
            )
        yield declaration


def _column_tags(model: dict[str, Any]) -> Iterator[str]:
    for column in model.get("columns") or []:
        yield from meta_of(column)


def read_yaml(path: Path) -> dict[str, Any]:
    """The content of a YAML file, {} if it is empty.

    Raises:
        KindredError: there is no such file, or it is no valid YAML.
    """
    try:
        content = yaml.load(path.read_text(), _LOADER)  # noqa: S506 - a safe loader, the quick one where there is one
    except FileNotFoundError:
        raise KindredError(f"There is no {path}: point KINDRED_PROJECT at a dbt project.") from None
    except yaml.YAMLError as error:
        raise KindredError(f"{path} is no valid YAML ({' '.join(str(error).split())}): mend it.") from error
    return content or {}


if __name__ == "__main__":
    write_registry(Settings.from_env())
