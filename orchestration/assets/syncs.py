"""One asset a sync, and the receipts that they bring home."""

from collections import Counter
from typing import Any

from dagster import AssetExecutionContext, AssetKey, AssetsDefinition, Failure, MaterializeResult, asset

from orchestration.assets._failing import clear_failures
from orchestration.assets.checks import GATE
from orchestration.dbt import Manifest
from orchestration.translator import OWNER
from reverse_etl import SyncResult
from warehouse import Settings, connect

RECEIPTS = AssetKey(["reverse_etl", "receipts"])


def sync_models(manifest: Manifest) -> list[dict[str, Any]]:
    """The models that declare a sync, ordered by name."""
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    return sorted(
        (node for node in models if "sync" in node["config"].get("meta", {})), key=lambda node: str(node["name"])
    )


def sync_key(name: str) -> AssetKey:
    """The asset of a sync, which is not that of its model: the model says what, the asset delivers it."""
    return AssetKey(["reverse_etl", name])


def sync_assets(settings: Settings, manifest: Manifest) -> list[AssetsDefinition]:
    """One asset a sync: it waits for its model and for the gate, and reads the gates itself before it sends."""
    return [_sync_asset(settings, node) for node in sync_models(manifest)]


def _sync_asset(settings: Settings, node: dict[str, Any]) -> AssetsDefinition:
    name, meta = str(node["name"]), node["config"]["meta"]["sync"]

    @asset(
        key=sync_key(name),
        deps=[AssetKey([node["schema"], node["alias"]]), AssetKey(["activation", "pending_records"]), GATE],
        group_name="reverse_etl",
        owners=[OWNER],
        kinds={"reverse_etl"},
        description=f"Delivers `{meta.get('segment')}` to `{meta.get('destination')}`. {node['description']}",
    )
    def deliver(context: AssetExecutionContext) -> MaterializeResult[None]:
        from reverse_etl import run_sync  # noqa: PLC0415 - ibis and httpx, only when something is sent

        with clear_failures():
            result = run_sync(settings, name)
        context.log.info("%s: %s", name, result.message or result.status)
        if not result.ok:
            raise Failure(failure_of(result), metadata=_metadata(result), allow_retries=False)
        return MaterializeResult(metadata=_metadata(result))

    return deliver


def failure_of(result: SyncResult) -> str:
    """One sentence about a sync that did not succeed."""
    done = "was not sent" if result.status == "blocked" else "did not succeed"
    return f"The sync {result.sync} {done}: {(result.message or 'no reason was given').rstrip('.')}."


def _metadata(result: SyncResult) -> dict[str, Any]:
    planned = result.plan
    return {
        "adds": planned.adds,
        "updates": planned.updates,
        "removals": planned.removals,
        "audience": planned.desired,
        "funnel": planned.funnel,
        **{f"answered {verdict}": count for verdict, count in result.counts.items() if count},
        **{f"withheld: {reason}": members for reason, members in planned.withheld},
        "status": result.status,
        "run_id": result.run_id,
        "build": planned.build_id or "none",
    }


def receipts_asset(settings: Settings, manifest: Manifest) -> AssetsDefinition:
    """What the destinations have answered."""

    @asset(
        key=RECEIPTS,
        deps=[sync_key(str(node["name"])) for node in sync_models(manifest)],
        group_name="reverse_etl",
        owners=[OWNER],
        kinds={"table"},
        description="The answers of all destinations about all records, the only proof of what they hold.",
    )
    def receipts() -> MaterializeResult[None]:
        query = "select sync, outcome, count(*) from activation.receipts group by all order by all"
        with clear_failures(), connect(settings, read_only=True) as connection:
            rows = connection.execute(query).fetchall()
            held = connection.execute("select count(*) from activation.delivered_records").fetchone()
        by_outcome: Counter[str] = Counter()
        for _, outcome, count in rows:
            by_outcome[outcome] += count
        counts = {f"{sync}: {outcome}": count for sync, outcome, count in rows}
        return MaterializeResult(
            metadata={"dagster/row_count": by_outcome.total(), "held by destinations": held[0] if held else 0, **counts}
        )

    return receipts
