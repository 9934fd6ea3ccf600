"""Read `destinations.toml`: every mistake is found before the first request, and all of them at once."""

from __future__ import annotations

import tomllib
from dataclasses import MISSING, Field, fields, replace
from typing import TYPE_CHECKING, Any, get_type_hints

from reverse_etl._records import Run
from reverse_etl.destinations import KINDS
from reverse_etl.destinations._contract import Configured, Secret
from warehouse import KindredError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from reverse_etl._tables import Sync
    from reverse_etl.destinations._contract import Kind
    from warehouse import Settings

_WORDS = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
_SECRET = "_env"  # noqa: S105 - the suffix of a field's name


def load_destinations(path: Path) -> dict[str, Configured]:
    """Every destination of the file, by name; secrets are not read yet.

    Raises:
        KindredError: the file cannot be read, or something in it is wrong; one line for each mistake.
    """
    found, problems = _read(path)
    _stop_at(problems)
    return {name: configured for name, configured in found.items() if configured}


def needed(kind: Kind) -> list[str]:
    """The fields that a table of this kind must have."""
    return [one.name for one in fields(kind.settings) if _required(one)]


def with_secrets(configured: Iterable[Configured], environment: Mapping[str, str]) -> dict[str, Configured]:
    """The destinations with their secrets, read once from the environment.

    Raises:
        KindredError: variables are missing or empty; one sentence names all of them.
    """
    wanted = list(configured)
    _stop_at(_secret_problems(wanted, environment))
    return {one.name: _with_secrets(one, environment) for one in wanted}


def usable(
    settings: Settings, configured: Mapping[str, Configured], syncs: list[Sync], environment: Mapping[str, str]
) -> dict[str, Configured]:
    """The destinations that the syncs deliver to, with their secrets.

    Raises:
        KindredError: a sync's destination is missing, lacks a secret, or does not take the sync's keys or fields; one
            line for each mistake.
    """
    _stop_at(_problems_of_use(settings, configured, syncs, environment))
    return with_secrets(_used(configured, syncs), environment)


def check_destinations(settings: Settings, syncs: list[Sync], environment: Mapping[str, str]) -> None:
    """Look at destinations.toml and at everything that the syncs need of it.

    Raises:
        KindredError: what is wrong, all of it, one line for each mistake.
    """
    found, problems = _read(settings.destinations)
    right = {name: configured for name, configured in found.items() if configured}
    # Of a table that is wrong itself it has been said what is.
    known = [sync for sync in syncs if sync.destination in right or sync.destination not in found]
    _stop_at([*problems, *_problems_of_use(settings, right, known, environment)])


def _stop_at(problems: list[str]) -> None:
    if problems:
        raise KindredError("\n".join(problems))


def _read(path: Path) -> tuple[dict[str, Configured | None], list[str]]:
    problems: list[str] = []
    return {name: _configured(path, name, table, problems) for name, table in _tables(path).items()}, problems


def _used(configured: Mapping[str, Configured], syncs: list[Sync]) -> list[Configured]:
    names = sorted({sync.destination for sync in syncs})
    return [configured[name] for name in names if name in configured]


def _problems_of_use(
    settings: Settings, configured: Mapping[str, Configured], syncs: list[Sync], environment: Mapping[str, str]
) -> list[str]:
    missing = [
        f"{settings.destinations}: [{sync.destination}] is missing; the sync {sync.sync} delivers to it."
        for sync in syncs
        if sync.destination not in configured
    ]
    chosen = ((sync, configured[sync.destination]) for sync in syncs if sync.destination in configured)
    refused = [problem for sync, one in chosen if (problem := _misfit(settings, one, sync, environment))]
    return [*missing, *_secret_problems(_used(configured, syncs), environment), *refused]


def _misfit(settings: Settings, configured: Configured, sync: Sync, environment: Mapping[str, str]) -> str | None:
    run = Run("", sync.sync, sync.destination, None, sync.columns)
    try:
        accepted = configured.kind.open(_with_secrets(configured, environment), run, settings.home).facts.identifiers
    except KindredError as error:
        # What a missing secret leads to is said by its name.
        return None if _missing(configured, environment) else str(error)
    if accepted is None or sync.key_type in accepted:
        return None
    return f"{sync.sync}: key: {sync.destination} takes {', '.join(sorted(accepted))}, not {sync.key_type}."


def _secret_problems(configured: list[Configured], environment: Mapping[str, str]) -> list[str]:
    missing = [f"{variable} (for [{one.name}])" for one in configured for variable in _missing(one, environment)]
    sentence = f"Secrets are missing from the environment: {', '.join(missing)}. Set them and run again."
    return [sentence] if missing else []


def _missing(configured: Configured, environment: Mapping[str, str]) -> list[str]:
    return [variable for variable in _secret_variables(configured).values() if not environment.get(variable)]


def _with_secrets(configured: Configured, environment: Mapping[str, str]) -> Configured:
    variables = _secret_variables(configured)
    return replace(configured, secrets={key: Secret(environment.get(name, "")) for key, name in variables.items()})


def _tables(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise KindredError(
            f"There is no {path}: write one table per destination, or set KINDRED_DESTINATIONS."
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise KindredError(f"{path} cannot be read: {error}.") from error


def _configured(path: Path, name: str, table: Any, problems: list[str]) -> Configured | None:
    kind = KINDS.get(table.get("type", "")) if isinstance(table, dict) and isinstance(table.get("type"), str) else None
    if kind is None:
        problems.append(f"{path}: [{name}] type: must be one of {', '.join(sorted(KINDS))}.")
        return None
    values = {key: value for key, value in table.items() if key != "type"}
    wrong = list(_wrong_fields(kind, values))
    settings = None if wrong else kind.settings(**values)
    wrong = wrong or kind.problems(settings)
    problems.extend(f"{path}: [{name}] {key}: {sentence}" for key, sentence in wrong)
    return None if wrong else Configured(name, kind, settings)


def _wrong_fields(kind: Kind, values: dict[str, Any]) -> Iterable[tuple[str, str]]:
    known = {one.name: one for one in fields(kind.settings)}
    types = get_type_hints(kind.settings)
    for key in values.keys() - known.keys():
        yield key, f"there is no such field; known are {', '.join(known)}."
    for key, one in known.items():
        if key in values and not _fits(values[key], types[key]):
            yield key, f"must be {_WORDS[types[key]]}."
        elif key not in values and _required(one):
            yield key, "is missing."


def _fits(value: Any, wanted: type) -> bool:
    if wanted is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is wanted


def _required(one: Field[Any]) -> bool:
    return one.default is MISSING and one.default_factory is MISSING


def _secret_variables(configured: Configured) -> dict[str, str]:
    names = [one.name for one in fields(configured.settings) if one.name.endswith(_SECRET)]
    variables = {name.removesuffix(_SECRET): getattr(configured.settings, name) for name in names}
    return {secret: variable for secret, variable in variables.items() if variable}
