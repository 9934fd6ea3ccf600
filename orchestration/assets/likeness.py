"""The scores of likeness: the optional extra, a job of its own."""

from dagster import AssetKey, AssetsDefinition, MaterializeResult, asset

from orchestration.assets._failing import clear_failures
from orchestration.translator import OWNER
from warehouse import Settings

SCORES = AssetKey(["matching", "scores"])


def likeness_asset(settings: Settings) -> AssetsDefinition:
    """Compare the people of the last build; the next build links those who are alike enough."""

    @asset(
        key=SCORES,
        deps=[AssetKey(["identity", "matching_records"]), AssetKey(["identity", "matching_scores"])],
        group_name="identity",
        owners=[OWNER],
        kinds={"splink"},
        description="How alike people are who share no identifier. The next build links those who are alike enough.",
    )
    def scores() -> MaterializeResult[None]:
        from matching import match  # noqa: PLC0415 - an optional extra, and not in every run

        with clear_failures():
            matched = match(settings)
        return MaterializeResult(
            metadata={"people": matched.people, "dagster/row_count": matched.pairs, "version": matched.version}
        )

    return scores
