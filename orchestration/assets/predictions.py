"""The fit of value and churn: between the models that it learns from and those that score with it."""

from dagster import AssetKey, AssetsDefinition, MaterializeResult, MetadataValue, asset

from orchestration.assets._failing import clear_failures
from orchestration.plots import calibrations
from orchestration.translator import FITS, OWNER
from warehouse import Settings, connect

_READ = ("prediction_fits", "prediction_parameters", "prediction_quality", "prediction_buckets", "purchase_histories")


def predictions_asset(settings: Settings) -> AssetsDefinition:
    """Fit what is due; most days nothing is, and the parameters stand."""

    @asset(
        key=FITS,
        deps=[AssetKey(["customer_360", name]) for name in (*_READ, "churn_examples")],
        group_name="customer_360",
        owners=[OWNER],
        kinds={"scipy", "scikitlearn"},
        description="Fits BG/NBD, Gamma-Gamma and the churn model: monthly, after drift, or when there is none yet.",
    )
    def fits() -> MaterializeResult[None]:
        from predictions import refresh  # noqa: PLC0415 - scipy and scikit-learn

        with clear_failures():
            refreshed = refresh(settings)
            with connect(settings, read_only=True) as connection:
                plots = calibrations(lambda query: connection.execute(query).fetchall())
        drawn = {title: MetadataValue.md(text) for title, text in plots.items()}
        return MaterializeResult(metadata={"fitted": str(refreshed), **refreshed.statuses, **drawn})

    return fits
