"""`kindred run`: look before leaping, build, check, deliver, and say what happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from orchestration.as_of import chosen_as_of
from orchestration.dbt import Dbt, read_once
from orchestration.destinations import check_destinations, local_receiver
from orchestration.raw_tables import check_raw_tables, present_columns, raw_tables
from orchestration.registry import CORE, read_yaml, write_registry
from warehouse import KindredError, connect, exclusive

if TYPE_CHECKING:
    from orchestration.dbt import Manifest
    from orchestration.pipeline import RunOutcome
    from orchestration.progress import Reporter
    from warehouse import Settings


@dataclass(frozen=True)
class DemoSize:
    """How the demo's people are made when there are no raw tables yet."""

    people: int
    seed: int


def run_pipeline(settings: Settings, demo: DemoSize, reporter: Reporter) -> RunOutcome:
    """Bring everything up to date and deliver it.

    Args:
        settings: where everything is.
        demo: how to make the demo's people if the demo's raw tables are missing.
        reporter: told what is being done.

    Raises:
        KindredError: something is missing or wrong; nothing was built or sent.
    """
    from orchestration.dagster_home import prepare  # noqa: PLC0415

    prepare(settings)
    _wait_for_turn(settings, reporter)
    write_registry(settings)
    dbt = Dbt(settings, chosen_as_of(settings, datetime.now(UTC)))
    reporter.phase("Reading the project")
    manifest = dbt.manifest()
    make_demo_if_needed(settings, demo, manifest, reporter)
    check_raw_tables(settings, raw_tables(manifest))
    with local_receiver(settings) as receiver:
        check_destinations(settings, manifest)
        if receiver:
            reporter.phase(f"A webhook receiver listens at {receiver}")
        return _run(settings, dbt, manifest, reporter)


def _wait_for_turn(settings: Settings, reporter: Reporter) -> None:
    """Say why nothing happens while another process of ours holds the warehouse."""
    try:
        with exclusive(settings, wait_seconds=0):
            return
    except KindredError:
        reporter.phase("Another Kindred process is at work: waiting for it to end")
    with exclusive(settings):
        return


def _run(settings: Settings, dbt: Dbt, manifest: Manifest, reporter: Reporter) -> RunOutcome:
    from orchestration.assets.models import AS_OF_TAG  # noqa: PLC0415 - Dagster takes two seconds
    from orchestration.definitions import build_definitions  # noqa: PLC0415
    from orchestration.pipeline import run_job  # noqa: PLC0415
    from orchestration.schedules import PIPELINE  # noqa: PLC0415

    reporter.phase("Building, checking and delivering")
    definitions = build_definitions(settings, manifest, reporter.node)
    with reporter.building(manifest), read_once():
        return run_job(settings, definitions, PIPELINE, {AS_OF_TAG: dbt.as_of} if dbt.as_of else None)


def make_demo_if_needed(settings: Settings, demo: DemoSize, manifest: Manifest, reporter: Reporter) -> None:
    """Make the demo's people if this is the demo's project and none of its raw tables is there."""
    if read_yaml(settings.project / "dbt_project.yml").get("name") != CORE:
        if not settings.database.exists():
            _begin_warehouse(settings, manifest)
        return
    if settings.database.exists():
        with connect(settings, read_only=True) as connection:
            present = present_columns(connection)
        if any((table.schema, table.name) in present for table in raw_tables(manifest)):
            return
    make_demo(settings, demo, reporter)


def _begin_warehouse(settings: Settings, manifest: Manifest) -> None:
    """Sources that are files need no loading: then an empty warehouse is enough to begin with."""
    if any(not table.location for table in raw_tables(manifest)):
        raise KindredError(f"There is no warehouse at {settings.database} yet: load the raw tables first.")
    with connect(settings):
        pass


def make_demo(settings: Settings, demo: DemoSize, reporter: Reporter, mess: tuple[str, ...] = ()) -> dict[str, int]:
    """Make people and load what the sources recorded of them.

    Returns:
        The rows of each raw table.
    """
    from demo import DemoOptions, Mess, generate, load  # noqa: PLC0415 - faker and numpy

    reporter.phase(f"Making {demo.people:,} people and their records")
    options = DemoOptions(people=demo.people, seed=demo.seed, mess=Mess.parse(mess))
    generate(settings, options, quiet=not reporter.console.is_terminal)
    reporter.phase("Loading the raw tables")
    return load(settings).rows
