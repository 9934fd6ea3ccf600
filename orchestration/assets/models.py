"""Every dbt model, seed and test: one dbt invocation for what comes before the fit, one for what comes after."""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dagster import (
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    Failure,
    MetadataValue,
    Output,
    TableColumnDep,
    TableColumnLineage,
)
from dagster_dbt import dbt_assets
from dagster_dbt.asset_utils import get_updated_cli_invocation_params_for_context
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from expectations import check_dbt_tests
from orchestration.as_of import chosen_as_of
from orchestration.assets._failing import clear_failures
from orchestration.build_order import NEEDS_FITS
from orchestration.dbt import Dbt, Manifest
from orchestration.dbt_events import Invocation, NodeDone
from orchestration.lineage import Lineage
from orchestration.translator import KindredTranslator
from reverse_etl import recover
from warehouse import KindredError, Settings, exclusive

AS_OF_TAG = "kindred/as_of"
_SCORING = f"config.meta.{NEEDS_FITS}:true+"
Listener = Callable[[NodeDone], None]


def model_assets(settings: Settings, manifest: Manifest, listen: Listener) -> list[AssetsDefinition]:
    """One asset a model or seed, one check a test: first what the fit learns from, then what scores with it.

    Args:
        settings: where the project is.
        manifest: the parsed project.
        listen: told of each node that is done.
    """
    parts = (_Part("dbt_build", exclude=_SCORING), _Part("dbt_score", select=_SCORING))
    return [_assets(settings, manifest, listen, part) for part in parts]


@dataclass(frozen=True)
class _Part:
    """The models of one dbt invocation: a step's name, and dbt's selection."""

    name: str
    select: str = "fqn:*"
    exclude: str | None = None


def _assets(settings: Settings, manifest: Manifest, listen: Listener, part: _Part) -> AssetsDefinition:
    translator = KindredTranslator()

    @dbt_assets(
        manifest=manifest,
        dagster_dbt_translator=translator,
        name=part.name,
        select=part.select,
        exclude=part.exclude,
    )
    def build_models(context: AssetExecutionContext) -> Iterator[Any]:
        dbt = Dbt(settings, _as_of(context, settings))
        invocation = Invocation(
            dbt, ("build", "--exclude-resource-type", "unit_test", *_selection(context, manifest, translator))
        )
        describe = _Describer(context, manifest, translator, Lineage(manifest, dbt.target))
        recover(settings)  # what a send that died was told is not in the receipts yet
        with clear_failures(), exclusive(settings):
            try:
                for node in invocation.nodes():
                    listen(node)
                    yield from describe.events(node)
            except Exception:
                invocation.wait()
                raise
        _judge_tests(settings, dbt, invocation, _Steps(dbt.run_results, context.run_id))

    return build_models


class _Describer:
    """Dbt's events as Dagster's, with row counts and column lineage."""

    def __init__(
        self, context: AssetExecutionContext, manifest: Manifest, translator: KindredTranslator, lineage: Lineage
    ) -> None:
        self._context, self._manifest, self._translator, self._lineage = context, manifest, translator, lineage

    def events(self, node: NodeDone) -> Iterator[Any]:
        if node.unique_id not in self._manifest["nodes"]:  # a file was added after the project was read
            self._context.log.warning("%s is new: it is in the graph when the project is read again.", node.unique_id)
            return
        message = DbtCoreCliEventMessage(raw_event=node.event, event_history_metadata={})
        for event in message.to_default_asset_events(self._manifest, self._translator, self._context):
            if isinstance(event, Output):
                yield event.with_metadata({**event.metadata, **self._metadata(node)})
            else:
                yield event

    def _metadata(self, node: NodeDone) -> dict[str, Any]:
        rows = {} if node.rows is None else {"dagster/row_count": node.rows}
        plots = {title: MetadataValue.md(text) for title, text in node.plots.items()}
        return {**rows, **plots, **self._column_lineage(node.unique_id)}

    def _column_lineage(self, unique_id: str) -> dict[str, Any]:
        columns = {
            column: [TableColumnDep(self._key(parent), name) for parent, name in origins]
            for column, origins in self._lineage.of(unique_id).items()
        }
        return {"dagster/column_lineage": TableColumnLineage(columns)} if any(columns.values()) else {}

    def _key(self, unique_id: str) -> AssetKey:
        node = self._manifest["nodes"].get(unique_id) or self._manifest["sources"][unique_id]
        return self._translator.get_asset_key(node)


def _as_of(context: AssetExecutionContext, settings: Settings) -> str | None:
    """The day that a schedule has set, else the one that is in force."""
    return context.run.tags.get(AS_OF_TAG) or chosen_as_of(settings, datetime.now(UTC))


def _selection(context: AssetExecutionContext, manifest: Manifest, translator: KindredTranslator) -> list[str]:
    chosen = get_updated_cli_invocation_params_for_context(context, manifest, translator)
    indirect = ["--indirect-selection", chosen.indirect_selection] if chosen.indirect_selection else []
    return [*chosen.selection_args, *indirect]


@dataclass(frozen=True)
class _Steps:
    """What the invocations of one run did. The fit stands between models, so a run calls dbt more than once."""

    run_results: Path
    run_id: str

    def earlier(self) -> list[Path]:
        """The results of the steps before this one, oldest first."""
        return sorted(self.run_results.parent.glob(f"run_results_of_{self.run_id}_*.json"))

    def keep(self) -> None:
        """Put this step's results aside for the next one, in the place of those of other runs."""
        earlier = self.earlier()
        for old in set(self.run_results.parent.glob("run_results_of_*.json")) - set(earlier):
            old.unlink(missing_ok=True)
        name = f"run_results_of_{self.run_id}_{len(earlier) + 1}.json"
        shutil.copyfile(self.run_results, self.run_results.with_name(name))


def _judge_tests(settings: Settings, dbt: Dbt, invocation: Invocation, steps: _Steps) -> None:
    """Close or open the gate `dbt_tests` at once: a failed build must also stop a send that is started alone later."""
    if invocation.failure is None:
        check_dbt_tests(settings, dbt.run_results, steps.earlier())
        steps.keep()
        return
    with contextlib.suppress(KindredError):  # before the first whole build there is nothing that could be sent
        check_dbt_tests(settings, dbt.run_results, steps.earlier())
    raise Failure(invocation.failure, allow_retries=False)
